import assert from 'node:assert/strict'
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, readSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { heldBytes } from '../../src/adapters/telemetry/pino/held-lines.ts'

const source = join(import.meta.dirname, '../../src/adapters/telemetry/pino/open-pino-telemetry.ts')

/** A process that logs lines of about a kilobyte to stderr, tells on stdout that it has, and goes on as `then` says. */
function logging(lines: number, then: string, stderr: 'pipe' | number = 'pipe'): ChildProcess {
  const program = `import { writeSync } from 'node:fs'
    import { openPinoTelemetry } from ${JSON.stringify(source)}
    const telemetry = openPinoTelemetry({ level: 'info', pretty: false, to: 'stderr' })
    const filler = 'x'.repeat(1000)
    for (let n = 0; n < ${lines}; n += 1) telemetry.info('line', { n, filler })
    writeSync(1, 'logged')
    ${then}`
  return spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['pipe', 'pipe', stderr] })
}

interface Line {
  readonly msg: string
  readonly n?: number
  readonly lines?: number
}

function parsed(log: string): Line[] {
  const lines = log.trimEnd().split('\n')
  return lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line))
}

function numbers(lines: readonly Line[]): unknown[] {
  return lines.filter(({ msg }) => msg === 'line').map(({ n }) => n)
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n)

test('a log that nobody reads holds nothing up, and tells afterwards how many lines are lost', async () => {
  const many = Math.ceil((3 * heldBytes) / 1000)
  const child = logging(
    many,
    `process.stdin.once('data', () => { telemetry.info('read again'); process.exit(0) })`,
  )
  const closed = once(child, 'close')
  // That this comes at all is the point: nothing of the log was asked for yet.
  assert.equal(String((await once(child.stdout!, 'data'))[0]), 'logged')
  let log = ''
  child.stderr!.on('data', (chunk) => {
    log += chunk
    if (/dropped[^\n]*\n/.test(log)) child.stdin!.end('go on')
  })
  assert.deepEqual(await closed, [0, null])
  const lines = parsed(log)
  const [told, last, ...more] = lines.filter(({ msg }) => msg !== 'line')
  assert.deepEqual(
    [told?.msg, last?.msg, more],
    ['log lines were dropped: nobody read them', 'read again', []],
  )
  const kept = numbers(lines)
  assert.deepEqual(kept, upTo(kept.length))
  assert.equal(kept.length + (told?.lines ?? 0), many)
  assert.ok(kept.length * 1000 > heldBytes * 0.9, `${kept.length} lines were kept`)
})

test('a pipe that is full and never read does not keep the process from its end', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lading-log-'))
  const pipe = join(folder, 'pipe')
  execFileSync('mkfifo', [pipe])
  // Both ends, so that the pipe has a reader, who never reads.
  const descriptor = openSync(pipe, 'r+')
  try {
    const child = logging(5000, 'process.exit(7)', descriptor)
    const said = text(child.stdout!)
    assert.deepEqual(await once(child, 'close'), [7, null])
    assert.equal(await said, 'logged')
    const buffer = Buffer.alloc(1_000_000)
    const log = buffer.toString('utf8', 0, readSync(descriptor, buffer))
    const kept = numbers(parsed(log.slice(0, log.lastIndexOf('\n'))))
    assert.ok(kept.length > 10)
    assert.deepEqual(kept, upTo(kept.length))
  } finally {
    closeSync(descriptor)
    rmSync(folder, { recursive: true })
  }
})

for (const [how, then] of [
  ['by itself', ''],
  ['by process.exit', 'process.exit(0)'],
  ['by an error that nobody caught', `throw new Error('fatal')`],
] as const) {
  test(`a process that ends ${how} loses no line to a reader that is behind`, async () => {
    const count = Math.floor((0.6 * heldBytes) / 1000)
    const child = logging(count, then)
    child.stdin!.end()
    await once(child.stdout!, 'data')
    assert.deepEqual(numbers(parsed(await text(child.stderr!))), upTo(count))
  })
}
