/** How much of what is measured. */
export interface Sizes {
  /** Of the indexes that are searched. */
  readonly artifacts: number
  /** The same where it has to fit into what libraries in memory can hold. */
  readonly peers: number
  /** Documents of an index that is built. */
  readonly reindexed: number
  readonly published: number
  /** So many of the graded queries at most, and names that are typed. */
  readonly asked: { readonly queries: number; readonly names: number }
}

export const usualSizes: Sizes = {
  artifacts: 1_000_000,
  peers: 50_000,
  reindexed: 100_000,
  published: 30,
  asked: { queries: 1_000, names: 60 },
}

/** With so many artifacts; nothing else is larger than that. */
export function sizesOf(artifacts: number): Sizes {
  return {
    ...usualSizes,
    artifacts,
    peers: Math.min(artifacts, usualSizes.peers),
    reindexed: Math.min(artifacts, usualSizes.reindexed),
  }
}
