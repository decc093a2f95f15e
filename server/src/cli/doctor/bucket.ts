import { tryBlobs } from '../../boot/admin/try-blobs.ts'
import { type Check, ok, problem } from './check.ts'

/** Bytes can be put into the bucket, and removed again. */
export const bucketCheck: Check = {
  name: 'bucket',
  async run({ config }) {
    if (config.blobs.bucket === undefined) return []
    const wrong = await tryBlobs(config)
    if (wrong === undefined) return [ok('it can be read and written')]
    return [
      problem(
        wrong,
        'set blobs.* so that Lading reaches the bucket and may read, write, list and delete in it',
      ),
    ]
  },
}
