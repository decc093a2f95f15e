import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import { type LogLevel, openPinoTelemetry } from '../../../src/adapters/telemetry/pino/open-pino-telemetry.ts'
import { BlobsError } from '../../../src/ports/blobs/errors.ts'
import type { Metering } from '../../../src/ports/telemetry/telemetry.ts'

const source = join(import.meta.dirname, '../../../src/adapters/telemetry/pino/open-pino-telemetry.ts')

function open(level: LogLevel = 'debug', pretty = false): { telemetry: Metering; lines: string[] } {
  const lines: string[] = []
  return { telemetry: openPinoTelemetry({ level, pretty, to: { write: (line) => lines.push(line) } }), lines }
}

test('each line is one JSON object with its time, level, message and fields', () => {
  const { telemetry, lines } = open()
  telemetry.debug('looked')
  telemetry.info('pushed', { repository: 'a/b', bytes: 3, new: true, left: undefined })
  telemetry.warn('line\nbreak')
  const parsed = lines.map((line) => {
    assert.match(line, /^[^\n]+\n$/)
    const { time, ...rest } = JSON.parse(line)
    assert.ok(Math.abs(Date.parse(time) - Date.now()) < 60_000)
    return rest
  })
  assert.deepEqual(parsed, [
    { level: 'debug', msg: 'looked' },
    { level: 'info', repository: 'a/b', bytes: 3, new: true, msg: 'pushed' },
    { level: 'warn', msg: 'line\nbreak' },
  ])
})

test('an error is written with its stack, code, kind and causes', () => {
  const { telemetry, lines } = open()
  const cause = Object.assign(new Error('no space left'), { code: 'ENOSPC' })
  telemetry.error('append failed', new BlobsError('full', 'writing failed', { cause }), { file: 'f' })
  telemetry.error('odd', 'a text')
  const circle = new Error('round')
  circle.cause = circle
  telemetry.error('circle', circle)
  const [first, second] = lines.map((line) => JSON.parse(line))
  assert.deepEqual(
    [first.level, first.msg, first.file, first.error.name, first.error.kind, first.error.message],
    ['error', 'append failed', 'f', 'BlobsError', 'full', 'writing failed'],
  )
  assert.match(first.error.stack, /pino-telemetry\.test/)
  assert.deepEqual([first.error.cause.code, first.error.cause.message], ['ENOSPC', 'no space left'])
  assert.deepEqual(second.error, { name: 'thrown', message: 'a text' })
  assert.equal(lines.length, 3)
})

test('lines below the level are not written', () => {
  const { telemetry, lines } = open('warn')
  telemetry.debug('a')
  telemetry.info('b')
  telemetry.warn('c')
  telemetry.error('d', new Error('e'))
  assert.deepEqual(
    lines.map((line) => JSON.parse(line).msg),
    ['c', 'd'],
  )
})

test('a field called like one of the line itself does not hide it', () => {
  const { telemetry, lines } = open()
  telemetry.info('said', { msg: 'forged', level: 'error', time: 1, error: 'none', other: 1 })
  const { time: _, ...rest } = JSON.parse(lines[0]!)
  assert.deepEqual(rest, {
    level: 'info',
    msg_: 'forged',
    level_: 'error',
    time_: 1,
    error_: 'none',
    other: 1,
    msg: 'said',
  })
})

test('pretty lines are short, coloured, and nothing in them steers the terminal', () => {
  const { telemetry, lines } = open('debug', true)
  telemetry.info('started', { url: 'http://127.0.0.1:5000', note: 'two words' })
  telemetry.warn('name \u001b[2Jwipes\u0007\r', { name: '\u001b]0;title\u0007x' })
  telemetry.error('failed', new Error('outer', { cause: new Error('inner') }))
  const [first, second, third] = lines
  assert.match(
    stripVTControlCharacters(first!),
    /^\d\d:\d\d:\d\d INFO {2}started url=http:\/\/127.0.0.1:5000 note="two words"\n$/,
  )
  assert.ok(first!.includes('\u001b[32m'), 'no colour')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: only colours may be left
  const foreign = second!.replace(/\u001b\[\d+m/g, '').replace(/\n$/, '')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: only colours may be left
  assert.doesNotMatch(foreign, /[\u0000-\u001f\u007f-\u009f]/)
  assert.match(
    stripVTControlCharacters(third!),
    /ERROR failed\n {2}Error: outer \(because of Error: inner\)\n {4}at /,
  )
})

test('a sink that throws is no concern of who tells', () => {
  const write = (): never => {
    throw new Error('the pipe is closed')
  }
  for (const pretty of [false, true]) {
    const telemetry = openPinoTelemetry({ level: 'debug', pretty, to: { write } })
    telemetry.info('lost')
    telemetry.error('lost too', new Error('x'))
  }
})

test('lines reach stderr or stdout, also when the process ends at once', async () => {
  for (const to of ['stderr', 'stdout'] as const) {
    const program = `import { openPinoTelemetry } from ${JSON.stringify(source)}
      const telemetry = openPinoTelemetry({ level: 'info', pretty: false, to: '${to}' })
      for (let n = 0; n < 100; n += 1) telemetry.info('line', { n })
      process.exit(0)`
    const child = spawn(process.execPath, ['--input-type=module', '-e', program])
    const written = { stdout: text(child.stdout), stderr: text(child.stderr) }
    await once(child, 'close')
    const lines = (await written[to]).trim().split('\n')
    assert.deepEqual(
      lines.map((line) => JSON.parse(line).n),
      Array.from({ length: 100 }, (_, n) => n),
    )
    assert.equal(await written[to === 'stderr' ? 'stdout' : 'stderr'], '')
  }
})
