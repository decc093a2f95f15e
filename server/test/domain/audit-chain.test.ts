import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chainStart, entryHash, headStatement, type SealedColumns } from '../../src/domain/audit-chain.ts'

/** Made with another program, from the words of the guide. */
const vectors: readonly (readonly [SealedColumns, string])[] = [
  [
    {
      id: '019b76daa8000000000100112233aabb',
      at: 1767225600000,
      by: 'user:ada',
      via: 'key:k1',
      address: '192.0.2.1',
      action: 'tag.move',
      namespace: 'acme',
      repository: 'acme/app',
      target: 'v1',
      before: 'sha256:a',
      after: 'sha256:b',
      outcome: 'done',
      code: '',
      times: 1,
      requestId: 'request-1',
    },
    'e963f6d9a9ab8bcded6706fb1a18268954227fde6a81210fa799726361c9de5a',
  ],
  [
    {
      id: '019b76dab7a00000000200112233aabb',
      at: 1767225604000,
      by: 'anonymous',
      via: '',
      address: '',
      action: 'oci-manifest.get',
      namespace: 'acme',
      repository: 'acme/app',
      target: '/v2/acme/app/manifests/"é\u2028😀\t',
      before: '',
      after: '',
      outcome: 'refused',
      code: 'name-unknown',
      times: 7,
      requestId: '',
    },
    '07dd11f3fd01ce81e2919d2cb1d83c109ff7a4358a4cb0163b57d9eb8c739e74',
  ],
]

test('the chain of entries has the hashes that others would give it', () => {
  let hash = chainStart
  for (const [entry, wanted] of vectors) {
    hash = entryHash(hash, entry)
    assert.equal(hash, wanted)
  }
})

test('each column counts, and text does not move from one to the next', () => {
  const [[entry]] = vectors as [(typeof vectors)[0]]
  const hashes = new Set([entryHash(chainStart, entry)])
  const names = Object.keys(entry) as (keyof SealedColumns)[]
  for (const name of names) {
    const value = entry[name]
    const other = typeof value === 'number' ? value + 1 : `${value}x`
    hashes.add(entryHash(chainStart, { ...entry, [name]: other }))
  }
  hashes.add(entryHash(chainStart, { ...entry, before: '', after: `${entry.before}${entry.after}` }))
  hashes.add(entryHash('1'.repeat(64), entry))
  assert.equal(hashes.size, names.length + 3)
})

test('what is signed of a head is one list of JSON', () => {
  const head = { number: 2, first: 11, last: 15, hash: 'ab', at: 1767225600000 }
  assert.equal(
    Buffer.from(headStatement(head)).toString(),
    '["lading audit head 1",2,11,15,"ab",1767225600000]',
  )
})
