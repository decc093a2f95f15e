/** The registries that Lading is compared with where they only read: flushing does not matter there. */
export const peers: readonly string[] = ['distribution', 'distribution tuned', 'zot']

/** Of each the faster one, for rows that repeat another with more connections. */
export const fasterPeers: readonly string[] = ['distribution tuned', 'zot']

/** Those that have flushed what they acknowledge to the disk, as Lading has. */
export const flushingPeers: readonly string[] = [
  'distribution',
  'distribution tuned',
  'zot commit',
  'zot commit tuned',
]

/** The same for large blobs, with which a cache of descriptors has nothing to do. */
export const flushingBulk: readonly string[] = flushingPeers.filter((name) => name !== 'distribution tuned')
/** Two ways to write a loop that hashes, writes and flushes: the better one counts. */
export const bareLoops: readonly string[] = ['bare threaded', 'bare behind']
export const bulkWriting: readonly string[] = ['lading', ...bareLoops, ...flushingBulk, 'sink']

export const writing: readonly string[] = ['lading', 'bare threaded', ...flushingPeers, 'zot', 'sink']
export const starting: readonly string[] = ['lading', 'distribution', 'zot']

/** Lading with many repositories in it, and with few. */
export const largeName = 'lading, 100,000 repositories'
export const smallName = 'lading, 1,000 repositories'
