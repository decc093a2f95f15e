import assert from 'node:assert/strict'
import { test } from 'node:test'
import { guidePage } from './guide-page.ts'

test('a page is the program of its ts blocks, each line where it stands, and what its comments say it prints', () => {
  const page = guidePage(
    [
      '# Title',
      '```ts',
      "console.log('a') // -> a",
      '```',
      'text // -> none',
      '```sh',
      'ls // -> none',
      '```',
      '````ts',
      '// -> b',
      '// ->',
      '```',
      '````',
      '',
    ].join('\n'),
  )
  assert.equal(page.program, "\n\nconsole.log('a') // -> a\n\n\n\n\n\n\n// -> b\n// ->\n```\n\n")
  assert.deepEqual(page.prints, ['a', 'b', ''])
})

test('what no test would run is refused', () => {
  assert.throws(() => guidePage('```js\n1\n```\n'), /line 1: code is called ts, not js/)
  assert.throws(() => guidePage('\n```ts no-run\n1\n```\n'), /line 2: nothing stands beside ts/)
  assert.throws(() => guidePage('```ts\n1\n'), /line 1: a fence without an end/)
})
