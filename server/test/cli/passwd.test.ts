import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import { Failure } from '../../src/cli/failure.ts'
import { passwdWith } from '../../src/cli/passwd.ts'
import type { Terminal } from '../../src/cli/world.ts'
import { type GivenWorld, invocationIn, TestWorld } from './test-world.ts'

const { run } = passwdWith(async (password) => `<${password}>`)

async function call(
  given: GivenWorld,
  { name, json = false }: { name?: string; json?: boolean } = {},
): Promise<string> {
  const world = new TestWorld(given)
  const invocation = {
    ...invocationIn(world),
    arguments: name === undefined ? [] : [name],
    switches: new Set(json ? ['json'] : []),
  }
  assert.equal(await run(invocation), 0)
  return world.printed.join('\n')
}

test('from a pipe: one line end goes, all else stays', async () => {
  assert.equal(await call({ piped: 'pa ss\n' }), '<pa ss>')
  assert.equal(
    await call({ piped: 'pässwörd\r\n' }, { name: 'alice' }),
    'users:\n  - name: "alice"\n    passwordHash: "<pässwörd>"',
  )
  assert.deepEqual(JSON.parse(await call({ piped: ' x ' }, { name: 'al', json: true })), {
    name: 'al',
    passwordHash: '< x >',
  })
})

test('what is no password is refused before it is hashed', async () => {
  for (const piped of [
    '',
    '\n',
    'a\nb',
    'a\0b',
    'x'.repeat(1025),
    'y'.repeat(10_000_000),
    new Uint8Array([0xff, 0x61]),
  ]) {
    await assert.rejects(call({ piped }), Failure)
  }
  assert.equal(await call({ piped: `${'x'.repeat(1024)}\r\n` }), `<${'x'.repeat(1024)}>`)
})

/** A terminal whose person types each answer once they are asked. */
class TypingTerminal extends PassThrough {
  readonly isTTY = true
  readonly raw: boolean[] = []
  readonly #answers: string[]

  constructor(...answers: string[]) {
    super()
    this.#answers = answers
  }

  setRawMode(raw: boolean): void {
    this.raw.push(raw)
    const answer = raw ? this.#answers.shift() : undefined
    for (const key of answer ?? '') this.write(key)
  }
}

function typing(...answers: string[]): TypingTerminal & Terminal {
  return new TypingTerminal(...answers)
}

test('on a terminal: asked twice, not echoed, with corrections, and the mode is given back', async () => {
  const terminal = typing('hunx\u007fter2\r', 'hunx\bter2\r')
  const world = new TestWorld({ terminal })
  assert.equal(await run(invocationIn(world)), 0)
  assert.deepEqual(world.printed, ['<hunter2>'])
  assert.deepEqual(world.asked, ['Password: ', '\n', 'Once more: ', '\n'])
  assert.deepEqual(terminal.raw, [true, false, true, false])
})

test('on a terminal: two different ones, and Ctrl-C, make nothing', async () => {
  for (const answers of [['one\r', 'two\r'], ['one\u0003'], ['\u0004']]) {
    const terminal = typing(...answers)
    const world = new TestWorld({ terminal })
    await assert.rejects(run(invocationIn(world)), Failure)
    assert.deepEqual(world.printed, [])
    assert.equal(terminal.raw.at(-1), false)
  }
})
