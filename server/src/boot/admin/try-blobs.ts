import type { Config } from '../../config/config.ts'
import { BlobsError } from '../../ports/blobs/errors.ts'
import { openBlobs } from '../open-blobs.ts'

/** What keeps a push from its place for larger bytes; undefined: nothing. Leaves nothing behind. */
export async function tryBlobs(config: Config): Promise<string | undefined> {
  const [{ systemClock: clock }, { cryptoRandom: random }] = await Promise.all([
    import('../../adapters/clock/system/system-clock.ts'),
    import('../../adapters/random/crypto/crypto-random.ts'),
  ])
  try {
    const blobs = await openBlobs(config, { clock, random })
    await blobs.probe?.().finally(() => blobs.close())
    return undefined
  } catch (error) {
    if (error instanceof BlobsError) return error.message
    throw error
  }
}
