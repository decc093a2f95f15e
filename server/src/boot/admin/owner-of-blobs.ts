import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from '../../config/config.ts'
import { s3Options } from '../open-blobs.ts'

/** Whose files the place for larger bytes holds, without a claim to it; undefined: nobody's yet. @throws BlobsError */
export async function ownerOfBlobs(config: Config): Promise<string | undefined> {
  const [{ systemClock: clock }, { cryptoRandom: random }] = await Promise.all([
    import('../../adapters/clock/system/system-clock.ts'),
    import('../../adapters/random/crypto/crypto-random.ts'),
  ])
  const { blobs, data } = config
  if (blobs.bucket === undefined) {
    const owner = await readFile(join(data, 'blobs', 'owner'), 'latin1').catch(() => '')
    return owner === '' ? undefined : owner
  }
  const { ownerOfBucket } = await import('../../adapters/blobs/s3/owner-of-bucket.ts')
  return await ownerOfBucket({ ...s3Options(config, blobs.bucket), clock, random })
}
