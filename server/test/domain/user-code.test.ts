import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newUserCode, parseUserCode } from '../../src/domain/user-code.ts'

test('codes are of letters that nobody takes for others, each as likely', () => {
  let byte = 0
  const counts = new Map<string, number>()
  for (let made = 0; made < 600; made++) {
    const code = newUserCode((length) => Uint8Array.from({ length }, () => byte++ % 256))
    assert.match(code, /^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/)
    for (const letter of code.replace('-', '')) counts.set(letter, (counts.get(letter) ?? 0) + 1)
  }
  assert.equal(counts.size, 20)
  assert.ok(Math.max(...counts.values()) - Math.min(...counts.values()) < 20)
})

test('codes are taken as people type them, and nothing else is one', () => {
  for (const typed of ['WDJB-MJHT', 'wdjbmjht', ' wdjb mjht ', 'W-D-J-B-M-J-H-T'])
    assert.equal(parseUserCode(typed), 'WDJB-MJHT', typed)
  for (const typed of ['', 'WDJB-MJH', 'WDJB-MJHTT', 'AAAA-AAAA', 'WDJB_MJHT', 'WDJB-MJH1'])
    assert.equal(parseUserCode(typed), undefined, typed)
})
