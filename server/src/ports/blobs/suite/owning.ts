import assert from 'node:assert/strict'
import type { BlobsCase } from './harness.ts'

/** Whose files they are. */
export const owning: readonly BlobsCase[] = [
  {
    name: 'files are claimed once, for whoever asks first, and whoever asks later is told for whom',
    async check({ blobs, reopen }) {
      assert.ok(blobs.claimFor !== undefined, 'nobody can say whose the files are')
      assert.equal(await blobs.claimFor('sha256:one'), 'sha256:one')
      assert.equal(await blobs.claimFor('sha256:one'), 'sha256:one')
      assert.equal(await blobs.claimFor('sha256:two'), 'sha256:one')
      const later = await reopen()
      assert.equal(await later.claimFor?.('sha256:two'), 'sha256:one')
      const listed: string[] = []
      for await (const { file } of later.list()) listed.push(file)
      assert.deepEqual(listed, [])
    },
  },
]
