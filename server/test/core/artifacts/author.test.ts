import assert from 'node:assert/strict'
import { test } from 'node:test'
import { authorOf, authorsIn } from '../../../src/core/artifacts/author.ts'

const of = (text: string): readonly string[] => {
  const { author, authorEmail } = authorOf(text)
  return [author, authorEmail]
}

test('the name of an author is told from where to write to', () => {
  assert.deepEqual(of('Ada Lovelace <ada@example.com>'), ['Ada Lovelace', 'ada@example.com'])
  assert.deepEqual(of('Grace Hopper (g@example.org)'), ['Grace Hopper', 'g@example.org'])
  assert.deepEqual(of('  Ada   <mailto:ada@example.com>'), ['Ada', 'ada@example.com'])
  assert.deepEqual(of('Lovelace, Ada <ada@example.com>'), ['Lovelace, Ada', 'ada@example.com'])
})

test('several with an address each are names and addresses', () => {
  const both = authorOf('Ada <a@example.com>, Grace Hopper (g@example.org)')
  assert.deepEqual(both, { author: 'Ada, Grace Hopper', authorEmail: 'a@example.com, g@example.org' })
  assert.deepEqual(authorsIn(both), ['Ada', 'Grace Hopper'])
  assert.deepEqual(authorsIn(authorOf('Lovelace, Ada <ada@example.com>')), ['Lovelace, Ada'])
})

test('what is not of that form is a name as it is', () => {
  for (const text of [
    '',
    'Acme, Inc.',
    'ada@example.com',
    '<ada@example.com>',
    'Ada <ada>',
    'Ada <a@b> and Grace',
    'Ada <a@example.com>, Grace',
    'Lovelace, Ada <a@b>, Hopper, Grace <g@b>',
    'Ada (the first)',
    `${'a '.repeat(500)}<`,
  ])
    assert.deepEqual(of(text), [text, ''])
})
