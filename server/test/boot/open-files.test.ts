import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import test from 'node:test'
import { MemoryTelemetry } from '../../src/adapters/telemetry/memory/memory-telemetry.ts'
import { filesWanted, mostOpenFiles, withinOpenFiles } from '../../src/boot/open-files.ts'
import type { Config } from '../../src/config/config.ts'

const text = (hard: string): string =>
  `Limit   Soft Limit  Hard Limit  Units\nMax open files            512      ${hard}      files \n`

function configOf(connections: number): Config {
  return { limits: { connections, idleTimeout: 7 } } as Config
}

test('the hard limit is what counts', () => {
  assert.equal(mostOpenFiles(text('1024')), 1024)
  assert.equal(mostOpenFiles(text('unlimited')), Number.POSITIVE_INFINITY)
  assert.equal(mostOpenFiles(''), undefined)
})

test('connections are as many as there may be files for, and the log is told where those are fewer', async () => {
  const telemetry = new MemoryTelemetry()
  const within = async (hard: string, threads: number): Promise<number> => {
    const config = await withinOpenFiles(configOf(4096), threads, telemetry, async () => text(hard))
    assert.equal(config.limits.idleTimeout, 7)
    return config.limits.connections
  }
  for (const enough of ['unlimited', '1000000', String(filesWanted(4096, 4))]) {
    assert.equal(await within(enough, 4), 4096)
  }
  assert.equal((await withinOpenFiles(configOf(4096), 4, telemetry, async () => '')).limits.connections, 4096)
  assert.equal(telemetry.lines.length, 0)
  const fitting = await within('1024', 2)
  assert.ok(fitting > 100 && filesWanted(fitting, 2) <= 1024, String(fitting))
  assert.ok(filesWanted(fitting + 1, 2) > 1024, String(fitting))
  const [line] = telemetry.lines
  assert.equal(line?.level, 'warn')
  assert.deepEqual(line?.fields, { connections: fitting, set: 4096, openFiles: 1024 })
  assert.equal(await within('64', 4), 16)
  const few = await withinOpenFiles(configOf(3), 4, telemetry, async () => text('64'))
  assert.equal(few.limits.connections, 3)
})

test('figures are looked at where no file can be opened', {
  skip: process.platform === 'win32',
}, async () => {
  const program = `
    import { openSync } from 'node:fs'
    const { MemoryTelemetry } = await import(${JSON.stringify(import.meta.resolve('../../src/adapters/telemetry/memory/memory-telemetry.ts'))})
    const { watchThread } = await import(${JSON.stringify(import.meta.resolve('../../src/boot/threads/thread-figures.ts'))})
    const telemetry = new MemoryTelemetry()
    const figures = watchThread(telemetry, [])
    try { for (;;) openSync('/dev/null') } catch (error) { if (error.code !== 'EMFILE') throw error }
    figures.refresh()
    process.stdout.write('looked')
  `
  const child = spawn(
    'sh',
    ['-c', 'ulimit -n 128 && exec "$0" --input-type=module -e "$1"', process.execPath, program],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  let printed = ''
  child.stdout.on('data', (chunk: Buffer) => (printed += chunk))
  child.stderr.on('data', (chunk: Buffer) => (printed += chunk))
  await new Promise((resolve) => child.once('close', resolve))
  assert.equal(printed, 'looked')
})
