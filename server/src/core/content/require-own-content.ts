import type { Core } from '../ledger/core.ts'

/**
 * Files that no record names are collected: another registry's would all be. `id`: which registry it is.
 * @throws Error with words for the operator
 */
export async function requireOwnContent({ blobs }: Pick<Core, 'blobs'>, id: string): Promise<void> {
  const owner = await blobs.claimFor?.(id)
  if (owner === undefined || owner === id) return
  throw new Error(
    `the content here is another registry's (${owner}), and the records are those of ${id}: the two do not belong together. Nothing was changed. Name the database and the place for the content that go with each other; to move a registry, use \`lading copy\` or \`lading restore\`; to begin anew, empty the place for the content, what is called owner in it included`,
  )
}
