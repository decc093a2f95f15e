import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openMemoryBlobs } from '../../../src/adapters/blobs/memory/open-memory-blobs.ts'
import { contentPlaceName, requireOwnContent } from '../../../src/core/content/require-own-content.ts'
import { secrets } from '../../../src/core/ledger/tables.ts'
import type { Blobs } from '../../../src/ports/blobs/blobs.ts'
import { remove } from '../../../src/ports/store/change.ts'
import { testCore } from '../kit.ts'

async function registry(id: string): Promise<(blobs: Blobs) => Promise<void>> {
  const { core } = await testCore()
  await core.ledger.keep(async () => ({ value: undefined, changes: [remove(secrets, [contentPlaceName])] }))
  return (blobs) => requireOwnContent({ ...core, blobs }, id)
}

test('a registry takes files that nobody has claimed, and comes back to them; another one is kept from them', async () => {
  const blobs = openMemoryBlobs()
  const [one, two] = [await registry('sha256:one'), await registry('sha256:two')]
  await one(blobs)
  await one(blobs)
  await assert.rejects(two(blobs), {
    message: /is another registry's \(sha256:one\), and the records are those of sha256:two/,
  })
  await one(blobs)
})

test('a registry that has its content at one place is not given another, though nobody has claimed that', async () => {
  const own = openMemoryBlobs()
  const one = await registry('sha256:one')
  await one(own)
  const place = await own.claimFor?.('')
  for (let time = 0; time < 2; time++) {
    await assert.rejects(one(openMemoryBlobs()), ({ message }: Error) => {
      assert.ok(message.includes(`owner says ${place}, and here it says sha256:one.`), message)
      assert.match(message, /give each the same bucket/)
      return true
    })
  }
  await one(own)
})

test('of two processes that begin at once with places of their own, one is refused', async () => {
  const one = await registry('sha256:one')
  const ends = await Promise.allSettled([one(openMemoryBlobs()), one(openMemoryBlobs())])
  assert.deepEqual(ends.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
})

test('a place that was claimed before places had names of their own is one', async () => {
  const blobs = openMemoryBlobs()
  await blobs.claimFor?.('sha256:one')
  const one = await registry('sha256:one')
  await one(blobs)
  await one(blobs)
  await assert.rejects(one(openMemoryBlobs()), /is at another place/)
})
