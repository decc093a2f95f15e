import { insert } from '../../ports/store/change.ts'
import type { Core } from '../ledger/core.ts'
import { secrets } from '../ledger/tables.ts'

/** The row that says where the content is: the name of a place, which no other place has. */
export const contentPlaceName = 'content-place'

export interface PlaceOfContent {
  /** Which registry the records are of; undefined: none has begun. */
  readonly id: string | undefined
  /** What is called owner at the place that was given; undefined: nothing is there. */
  readonly given: string | undefined
  /** The place that the records name; undefined: none yet. */
  readonly known: string | undefined
}

export interface PlaceRefusal {
  readonly message: string
  readonly mend: string
}

/** Why content at that place and these records do not belong together. */
export function refusalOfPlace({ id, given, known }: PlaceOfContent): PlaceRefusal | undefined {
  const owner = given?.split('.')[0]
  if (owner !== undefined && owner !== id) {
    const records = id === undefined ? 'there are no records here yet' : `the records are those of ${id}`
    return {
      message: `the content here is another registry's (${owner}), and ${records}: the two do not belong together`,
      mend: 'Name the database and the place for the content that go with each other; to move a registry, use `lading copy` or `lading restore`; to begin anew, empty the place for the content, what is called owner in it included',
    }
  }
  if (known === undefined || known === given) return undefined
  return {
    message: `the content of this registry is at another place than this one: there, what is called owner says ${known}, and here ${given === undefined ? 'there is none' : `it says ${given}`}`,
    mend: 'All processes of a registry share one place: give each the same bucket (`blobs.bucket`, `blobs.prefix`), not a folder of its own. To move content, use `lading copy`; where it was moved by hand, move what is called owner along',
  }
}

export async function knownPlace(store: Pick<Core['store'], 'get'>): Promise<string | undefined> {
  const row = await store.get(secrets, [contentPlaceName])
  return row && Buffer.from(row.bytes).toString('latin1')
}

/**
 * Files that no record names are collected: another registry's would all be. And content that is looked for at another
 * place than where it is would count as lost: every process of a registry has to be given the same one. `id`: which
 * registry it is. @throws Error with words for the operator
 */
export async function requireOwnContent(
  { blobs, store, ledger, random }: Pick<Core, 'blobs' | 'store' | 'ledger' | 'random'>,
  id: string,
): Promise<void> {
  const given = await blobs.claimFor?.(`${id}.${random.uuid()}`)
  if (given === undefined) return
  const refusal = await ledger.keep(async () => {
    const known = await knownPlace(store)
    const value = refusalOfPlace({ id, given, known })
    if (value !== undefined || known !== undefined) return { value, changes: [] }
    const bytes = Buffer.from(given, 'latin1')
    return { value, changes: [insert(secrets, { name: contentPlaceName, bytes })] }
  })
  if (refusal !== undefined)
    throw new Error(`${refusal.message}. Nothing of the registry was changed. ${refusal.mend}`)
}
