import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { shownText } from '../../src/cli/shown-text.ts'

test('controls and turns of direction are shown and not obeyed; lines, tabs and letters stay', () => {
  const letters = 'Grüße, 世界 🎈\n\tnext'
  assert.equal(shownText(letters), letters)
  assert.equal(
    shownText('a\u001b[31m\u009b2J\u0007\r\u007f\u202eb'),
    String.raw`a\u001b[31m\u009b2J\u0007\u000d\u007f\u202eb`,
  )
  const names = ['\u009bname', 'plain\u0085']
  assert.deepEqual(JSON.parse(shownText(JSON.stringify(names))), names)
})

test('what the process prints goes through it', () => {
  const main = join(import.meta.dirname, '../../src/cli/main.ts')
  const { status, stderr } = spawnSync(process.execPath, [main, '\u009b31mred'], { encoding: 'utf8' })
  assert.equal(status, 2)
  assert.ok(stderr.includes(String.raw`there is no command "\u009b31mred"`), stderr)
  assert.equal(stderr.includes('\u009b'), false)
})
