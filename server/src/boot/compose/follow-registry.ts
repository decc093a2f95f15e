import { followOthers } from '../../core/cache/follow-others.ts'
import type { Following } from '../../ports/store/store.ts'
import type { Composed } from '../compose.ts'

/**
 * Lets a registry know what other processes change in the store that they share. `published`: there may be more events, for
 * whoever else listens in this process. undefined: nobody else has the store.
 */
export async function followRegistry(
  { store, generations, events, journal }: Composed,
  published: () => void = () => {},
): Promise<Following | undefined> {
  return await followOthers({
    store,
    generations,
    changed: { jobs: () => journal.wake() },
    news: () => {
      events.publish()
      published()
    },
  })
}
