/** The registries that Lading is compared with where they only read: flushing does not matter there. */
export const peers: readonly string[] = ['distribution', 'distribution tuned', 'zot']

/** Those that have flushed what they acknowledge to the disk, as Lading has. */
export const flushingPeers: readonly string[] = ['distribution', 'distribution tuned', 'zot commit']

export const reading: readonly string[] = ['lading', 'bare', ...peers]
export const writing: readonly string[] = ['lading', 'bare', ...flushingPeers, 'zot']
export const starting: readonly string[] = ['lading', ...peers]
