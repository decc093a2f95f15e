import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { applyPatch, diffLines } from 'diff'
import fc from 'fast-check'
import { diffText, type LineChange, type TextDiff } from '../../../src/core/artifacts/line-diff.ts'
import { unifiedDiff } from '../../../src/core/artifacts/unified-diff.ts'
import { threadMs } from '../../kit/thread-ms.ts'

const marks = { same: ' ', added: '+', removed: '-' }
const shown = (lines: readonly LineChange[]): string[] =>
  lines.map(({ change, text, unended }) => `${marks[change]}${text}${unended ? '$' : ''}`)

function diffOf(before: string, after: string): TextDiff {
  const diff = diffText(before, after)
  assert.ok(diff !== undefined)
  return diff
}

/** One of the two texts, put together again. */
function textOf(lines: readonly LineChange[], without: 'added' | 'removed'): string {
  return lines
    .filter(({ change }) => change !== without)
    .map(({ text, unended }) => (unended ? text : `${text}\n`))
    .join('')
}

const lines = fc.array(fc.constantFrom('a', 'b', 'c', '', '}', 'long line'), { maxLength: 12 })
const texts = fc.tuple(lines, fc.boolean()).map(([some, ends]) => some.join('\n') + (ends ? '\n' : ''))
const anyTexts = fc.oneof(
  texts,
  fc.string({ unit: fc.constantFrom('a', '\n', '\r', '\r\n', 'é', ' '), maxLength: 20 }),
)
const plain = (text: string): string => text.replaceAll('\r\n', '\n')

describe('diffText', () => {
  it('shows what was removed, and what was added in its place', () => {
    assert.deepEqual(shown(diffOf('a\nb\nc\n', 'a\nB\nc\nd\n').lines), [' a', '-b', '+B', ' c', '+d'])
    assert.deepEqual(diffOf('', '').lines, [])
    assert.deepEqual(shown(diffOf('', 'a\n').lines), ['+a'])
  })

  it('tells a last line that nothing ends from one that something does', () => {
    assert.deepEqual(shown(diffOf('a\nb', 'a\nb\n').lines), [' a', '-b$', '+b'])
    assert.deepEqual(shown(diffOf('a', 'a').lines), [' a$'])
  })

  it('holds both texts, and changes no more lines than have to be', () => {
    fc.assert(
      fc.property(anyTexts, anyTexts, (before, after) => {
        const { lines: found } = diffOf(before, after)
        assert.equal(textOf(found, 'added'), plain(before))
        assert.equal(textOf(found, 'removed'), plain(after))
        const fewest = diffLines(plain(before), plain(after)).reduce(
          (sum, { added, removed, count }) => sum + (added || removed ? count : 0),
          0,
        )
        assert.equal(found.filter(({ change }) => change !== 'same').length, fewest)
      }),
      { numRuns: 500 },
    )
  })

  it('tells other line endings once, and no line as changed for them', () => {
    const diff = diffOf('a\r\nb\r\nc\r\n', 'a\nb\nd\n')
    assert.deepEqual(shown(diff.lines), [' a', ' b', '-c', '+d'])
    assert.deepEqual(diff.lineEndings, { before: 'crlf', after: 'lf' })
    assert.deepEqual(diffOf('a\nb\n', 'a\r\nb\r\n'), {
      lines: [
        { change: 'same', text: 'a' },
        { change: 'same', text: 'b' },
      ],
      lineEndings: { before: 'lf', after: 'crlf' },
    })
    assert.deepEqual(diffOf('a\nb\r\n', 'a\r\nb\n').lineEndings, { before: 'mixed', after: 'mixed' })
    assert.deepEqual(diffOf('a\r\nb\r\n', 'a\r\nb\n').lineEndings, { before: 'crlf', after: 'mixed' })
  })

  it('says nothing of line endings where they are the same, or where there are none', () => {
    for (const [before, after] of [
      ['a\r\n', 'b\r\n'],
      ['a\n', 'b\n'],
      ['a', 'a\r\n'],
      ['a\n', 'a'],
      ['', 'a\r\n'],
      ['a\r', 'a\n'],
    ] as const)
      assert.equal(diffOf(before, after).lineEndings, undefined, JSON.stringify([before, after]))
  })

  it('shows a text that was written anew, however long, and gives up where too much is interwoven', () => {
    const numbered = (word: string): string =>
      Array.from({ length: 9_000 }, (_, at) => `${word} ${at}`).join('\n')
    assert.equal(diffOf(numbered('a'), numbered('b')).lines.length, 18_000)
    const coins = (seed: number): string => {
      let state = seed
      return Array.from({ length: 9_000 }, () => {
        state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
        return state > 1_073_741_824 ? 'heads' : 'tails'
      }).join('\n')
    }
    const began = threadMs()
    assert.equal(diffText(coins(1), coins(2)), undefined)
    assert.ok(threadMs() - began < 5_000)
  })

  it('gives up beyond its limits of lines and of characters, and not at them', () => {
    const lines = (count: number): string => 'a\n'.repeat(count)
    assert.equal(diffOf(lines(10_000), lines(10_000)).lines.length, 10_000)
    assert.equal(diffText(lines(10_000), lines(10_001)), undefined)
    const characters = (count: number): string => 'a'.repeat(count)
    assert.equal(diffOf(characters(4_194_303), 'a').lines.length, 2)
    assert.equal(diffText(characters(4_194_304), 'a'), undefined)
  })
})

describe('unifiedDiff', () => {
  const names = { before: '1.0.0', after: '1.1.0' }

  it('is what programs that apply patches understand', () => {
    fc.assert(
      fc.property(texts, texts, (before, after) => {
        const patch = unifiedDiff(diffOf(before, after).lines, names)
        assert.equal(patch === '', before === after)
        if (patch !== '') assert.equal(applyPatch(before, patch), after)
      }),
      { numRuns: 500 },
    )
  })

  it('shows three lines around a change, and one hunk where these meet', () => {
    const before = Array.from({ length: 20 }, (_, at) => `${at + 1}\n`)
    const after = before.with(1, 'two\n').with(8, 'nine\n').with(19, 'twenty')
    assert.equal(
      unifiedDiff(diffOf(before.join(''), after.join('')).lines, names),
      [
        '--- 1.0.0',
        '+++ 1.1.0',
        '@@ -1,12 +1,12 @@',
        ' 1',
        '-2',
        '+two',
        ...[3, 4, 5, 6, 7, 8].map((line) => ` ${line}`),
        '-9',
        '+nine',
        ' 10',
        ' 11',
        ' 12',
        '@@ -17,4 +17,4 @@',
        ' 17',
        ' 18',
        ' 19',
        '-20',
        '+twenty',
        '\\ No newline at end of file',
        '',
      ].join('\n'),
    )
  })

  it('counts the places of what comes after what was added or removed', () => {
    const middle = Array.from({ length: 10 }, (_, at) => `${at}\n`).join('')
    const patch = unifiedDiff(diffOf(`x\ny\n${middle}`, `${middle}z\n`).lines, names)
    assert.deepEqual(patch.match(/^@@.*$/gm), ['@@ -1,5 +1,3 @@', '@@ -10,3 +8,4 @@'])
    assert.match(unifiedDiff(diffOf('', 'a\n').lines, names), /^@@ -0,0 \+1 @@$/m)
    assert.match(unifiedDiff(diffOf('a\n', '').lines, names), /^@@ -1 \+0,0 @@$/m)
  })

  it('keeps a name in its line', () => {
    const patch = unifiedDiff(diffOf('a\n', 'b\n').lines, { before: 'a\n+++ b', after: 'é ü' })
    assert.deepEqual(patch.split('\n').slice(0, 2), ['--- "a\\n+++ b"', '+++ é ü'])
  })
})
