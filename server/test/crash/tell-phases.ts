import fs, { existsSync, openSync, writeSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { Server } from 'node:net'
import { DatabaseSync } from 'node:sqlite'
import { threadId } from 'node:worker_threads'
import { handlePrototype, hookFlushes, pathOf } from '../kit/hook-flushes.ts'
import { type Death, goFile, type Phase } from './phases.ts'

/**
 * Loaded into a server before anything else, and into each of its threads: it writes into the file `?log=` which phase
 * begins (`+`) and which is over (`-`), and kills the server where `die`, `at` and `when` say, once it may. What was written stays,
 * however the process ends. `?slow=`: ms that each step of a migration takes longer.
 */
const given = new URL(import.meta.url).searchParams
const path = given.get('log') ?? ''
const log = openSync(path, 'a')
const death: Death | undefined = given.has('die')
  ? {
      phase: given.get('die') as Phase,
      at: Number(given.get('at')),
      when: given.get('when') as Death['when'],
    }
  : undefined
const slowMs = Number(given.get('slow') ?? 0)

let count = 0
let deaths = 0

/** Answers what to call when it is over. */
function enter(phase: Phase): () => void {
  const id = `${phase} ${threadId}-${++count}`
  writeSync(log, `+ ${id}\n`)
  const isLast = phase === death?.phase && existsSync(goFile(path)) && ++deaths >= death.at
  if (isLast && death.when === 'begun') die()
  return () => {
    if (isLast) die()
    writeSync(log, `- ${id}\n`)
  }
}

function die(): never {
  process.kill(process.pid, 'SIGKILL')
  // The signal ends this thread at its next step into the system, and there is none after which it may go on.
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
}

const content = /\/blobs\/../

await hookFlushes((path) => (content.test(path) ? enter('seal') : () => undefined))

const handles = await handlePrototype()
const { write } = handles
handles.write = async function (this: { fd: number }, ...args: unknown[]): Promise<unknown> {
  return content.test(pathOf(this.fd))
    ? await write.apply(this, args).finally(enter('upload'))
    : await write.apply(this, args)
}

const { unlink } = fs.promises
fs.promises.unlink = async (path) => {
  const over = content.test(String(path)) ? enter('collection') : () => undefined
  await unlink(path).finally(over)
}

const migration = 'migration of-all-threads'
let migrating = false

function step(): void {
  if (slowMs > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, slowMs)
}

const { exec, prepare } = DatabaseSync.prototype
DatabaseSync.prototype.exec = function (sql: string): void {
  step()
  const over = sql === 'COMMIT' ? enter('commit') : () => undefined
  exec.call(this, sql)
  over()
}

// A copy is made before the first migration, and before nothing else.
DatabaseSync.prototype.prepare = function (sql: string, ...more): ReturnType<typeof prepare> {
  if (sql.startsWith('VACUUM INTO') && !migrating) {
    migrating = true
    writeSync(log, `+ ${migration}\n`)
  }
  step()
  return prepare.call(this, sql, ...more)
}

const { listen } = Server.prototype
Server.prototype.listen = function (this: Server, ...args: unknown[]): Server {
  writeSync(log, `- ${migration}\n`)
  return Reflect.apply(listen, this, args)
}

syncBuiltinESMExports()
