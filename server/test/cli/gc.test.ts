import assert from 'node:assert/strict'
import { test } from 'node:test'
import { filledFolder } from './filled-folder.ts'
import { runWell } from './run-line.ts'

test('what would go and what went are told apart, and by JSON each by its name', async () => {
  await using filled = await filledFolder()
  assert.match((await runWell(`gc --dry-run --data ${filled.data}`)).out, /^WOULD REMOVE +COUNT +SIZE$/m)
  const { out } = await runWell(`gc --data ${filled.data}`)
  assert.match(out, /^REMOVED +COUNT +SIZE\nblobs of repositories +1/)
  await using other = await filledFolder()
  const { dryRun, items, unlisted } = JSON.parse((await runWell(`gc --json --data ${other.data}`)).out)
  assert.deepEqual([dryRun, unlisted], [false, 0])
  const went = items.map(({ what, digest }: { what: string; digest: string }) => [what, digest])
  assert.deepEqual(
    went.filter(([what]: string[]) => what === 'holding'),
    [['holding', other.forgotten.digest]],
  )
  assert.ok(went.some(([what]: string[]) => what === 'content'))
})
