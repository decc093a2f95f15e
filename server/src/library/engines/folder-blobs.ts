import type { Blobs } from '../../ports/blobs/blobs.ts'

/** Large content in files of a folder, which is made where it is not there: what a store of your own keeps its records beside. */
export async function openFolderBlobs(folder: string): Promise<Blobs> {
  const [opening, { systemClock: clock }, { cryptoRandom: random }] = await Promise.all([
    import('../../adapters/blobs/folder/open-folder-blobs.ts'),
    import('../../adapters/clock/system/system-clock.ts'),
    import('../../adapters/random/crypto/crypto-random.ts'),
  ])
  return await opening.openFolderBlobs({ folder, clock, random })
}
