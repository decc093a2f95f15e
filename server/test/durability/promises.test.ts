import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Asked, answeredBy, possibleValues } from './promises.ts'

const ask = (id: string, client: number, sets: Record<string, string>): Asked => ({
  id,
  client,
  sets: new Map(Object.entries(sets)),
})

const asked = [
  ask('a1', 0, { tag: 'one' }),
  ask('b1', 1, { other: 'there' }),
  ask('a2', 0, { tag: 'two', manifest: 'there' }),
  ask('a3', 0, { tag: '' }),
]

function possible(...answered: string[]): Record<string, string[]> {
  const values = possibleValues(asked, new Set(answered))
  return Object.fromEntries([...values].map(([key, set]) => [key, [...set].sort()]))
}

test('what was answered must be there, what a client waits for may be, what it has not asked for may not', () => {
  assert.deepEqual(possible(), { tag: ['', 'one'], other: ['', 'there'], manifest: [''] })
  assert.deepEqual(possible('a1'), { tag: ['one', 'two'], other: ['', 'there'], manifest: ['', 'there'] })
  assert.deepEqual(possible('a1', 'a2', 'b1'), { tag: ['', 'two'], other: ['there'], manifest: ['there'] })
  assert.deepEqual(possible('a1', 'a2', 'a3'), { tag: [''], other: ['', 'there'], manifest: ['there'] })
})

const answer = (text: string) => ({ do: 'answer', bytes: Buffer.from(text), begun: 0, ended: 0 }) as const

test('an answer is known by the id of its request, and only a yes is a promise', () => {
  assert.equal(answeredBy(answer('HTTP/1.1 201 Created\r\nX-Request-Id: client-1-7\r\n\r\n')), 'client-1-7')
  assert.equal(answeredBy(answer('HTTP/1.1 503 Busy\r\nX-Request-Id: client-1-7\r\n\r\n')), undefined)
  assert.equal(answeredBy(answer('x-request-id: client-1-7\r\n')), undefined)
  assert.equal(answeredBy({ do: 'sync', path: '/d', begun: 0, ended: 0 }), undefined)
})
