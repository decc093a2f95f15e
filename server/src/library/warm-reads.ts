import type { Page } from './backend-types.ts'
import { NotFoundError } from './errors.ts'
import { numberIn } from './find-flat-query.ts'
import type { Query } from './flat-types.ts'
import { entriesOf, membersOf } from './read/given.ts'

/** As many as that of the artifacts that are downloaded most. */
export interface MostDownloaded {
  readonly mostDownloaded: number
}

/** What came of a warming. */
export interface Warmed {
  /** Artifacts that were read. */
  readonly warmed: number
  /** Ids that no artifact has. */
  readonly missing: number
}

/** What of a registry a warming calls. */
export interface Warming {
  read(id: string): Promise<unknown>
  find(query: Query): Promise<Page<{ readonly id: string }>>
}

/** The most that one call takes. */
const mostWarmed = 100_000
const readAtOnce = 8
const foundAtOnce = 100

/** Reads them through the cache, some at a time. @throws the first failure but that there is no such artifact */
export async function warmReads(
  registry: Warming,
  given: readonly string[] | MostDownloaded,
): Promise<Warmed> {
  const ids = Array.isArray(given)
    ? (entriesOf(given, 'artifacts', mostWarmed, 'at once') as readonly string[])
    : await mostDownloaded(registry, given)
  const waiting = ids.values()
  let [warmed, missing] = [0, 0]
  const work = async (): Promise<void> => {
    for (const id of waiting) {
      try {
        await registry.read(id)
        warmed += 1
      } catch (error) {
        if (!(error instanceof NotFoundError)) throw error
        missing += 1
      }
    }
  }
  const ended = await Promise.allSettled(Array.from({ length: readAtOnce }, work))
  const failed = ended.find((end) => end.status === 'rejected')
  if (failed !== undefined) throw failed.reason
  return { warmed, missing }
}

async function mostDownloaded(registry: Warming, given: unknown): Promise<readonly string[]> {
  const members = membersOf(given, { field: '', as: 'artifacts' }, ['mostDownloaded'])
  const most = numberIn(members.mostDownloaded, 'mostDownloaded', { least: 1, most: mostWarmed })
  const ids: string[] = []
  let after: string | undefined
  do {
    const page = await registry.find({
      isLatest: true,
      sort: { field: 'downloads', order: 'desc' },
      limit: Math.min(foundAtOnce, most - ids.length),
      ...(after !== undefined && { after }),
    })
    ids.push(...page.items.map(({ id }) => id))
    after = page.next
  } while (after !== undefined && ids.length < most)
  return ids
}
