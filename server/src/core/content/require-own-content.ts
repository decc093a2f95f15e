import { insert } from '../../ports/store/change.ts'
import type { Core } from '../ledger/core.ts'
import { secrets } from '../ledger/tables.ts'

/** The row that says where the content is: the name of a place, which no other place has. */
export const contentPlaceName = 'content-place'

type Parts = Pick<Core, 'blobs' | 'store' | 'ledger' | 'random'>

/**
 * Files that no record names are collected: another registry's would all be. And content that is looked for at another
 * place than where it is would count as lost: every process of a registry has to be given the same one. `id`: which
 * registry it is. @throws Error with words for the operator
 */
export async function requireOwnContent({ blobs, store, ledger, random }: Parts, id: string): Promise<void> {
  const place = await blobs.claimFor?.(`${id}.${random.uuid()}`)
  if (place === undefined) return
  const [owner] = place.split('.')
  if (owner !== id) {
    throw new Error(
      `the content here is another registry's (${owner}), and the records are those of ${id}: the two do not belong together. Nothing was changed. Name the database and the place for the content that go with each other; to move a registry, use \`lading copy\` or \`lading restore\`; to begin anew, empty the place for the content, what is called owner in it included`,
    )
  }
  const known = await ledger.keep(async () => {
    const row = await store.get(secrets, [contentPlaceName])
    if (row !== undefined) return { value: Buffer.from(row.bytes).toString('latin1'), changes: [] }
    const bytes = Buffer.from(place, 'latin1')
    return { value: place, changes: [insert(secrets, { name: contentPlaceName, bytes })] }
  })
  if (known === place) return
  throw new Error(
    `the content of this registry is at another place than this one: there, what is called owner says ${known}, and here it says ${place}. Nothing of the registry was changed. All processes of a registry share one place: give each the same bucket (\`blobs.bucket\`, \`blobs.prefix\`), not a folder of its own. To move content, use \`lading copy\`; where it was moved by hand, move what is called owner along`,
  )
}
