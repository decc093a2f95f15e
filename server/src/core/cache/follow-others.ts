import { tableHash } from '../../ports/store/row-hash.ts'
import type { Following, Store } from '../../ports/store/store.ts'
import type { Generations } from './generations.ts'

export interface FollowOthers {
  readonly store: Store
  readonly generations: Generations
  /** The table's rows may be others than before, by whichever process. At most once for each piece of news. */
  readonly changed: Readonly<Record<string, () => void>>
  /** Something was committed. */
  readonly news: () => void
}

/**
 * Moves the generations of what other processes commit, from now on until it is disposed. undefined: the store is this
 * process's own. @throws StoreError
 */
export async function followOthers({
  store,
  generations,
  changed,
  news,
}: FollowOthers): Promise<Following | undefined> {
  const { hearing } = generations
  if (hearing === undefined || store.follow === undefined) return undefined
  const tables = Object.entries(changed).map(([table, tell]) => ({ hash: tableHash(table), tell }))
  const follower = hearing.follower(
    (bucket) => generations.bump(bucket),
    () => generations.bumpAll(),
  )
  let following: Following | undefined
  following = await store.follow({
    touched: (hashes, mark) => {
      follower.touched(hashes, mark)
      for (const { hash, tell } of tables) if (hashes.includes(hash)) tell()
      news()
    },
    current: (mark, asOf, since) => {
      // Before the marks of another era count.
      if (following !== undefined) hearing.inEra(following.era)
      follower.current(mark, asOf, since)
    },
    lost: () => follower.lost(),
  })
  hearing.inEra(following.era)
  return following
}
