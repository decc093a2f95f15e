import { tryBlobs } from '../../boot/admin/try-blobs.ts'
import { type Check, ok } from './check.ts'
import { selfMending } from './foreseen.ts'

/** Bytes can be put into the bucket, and removed again. */
export const bucketCheck: Check = {
  name: 'bucket',
  async run({ config }) {
    if (config.blobs.bucket === undefined) return []
    const wrong = await tryBlobs(config)
    if (wrong === undefined) return [ok('it can be read and written')]
    return [selfMending(wrong)]
  },
}
