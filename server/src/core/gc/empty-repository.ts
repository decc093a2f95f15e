import type { Digest } from '../../domain/digest.ts'
import type { JobContext, JobPayload } from '../../ports/journal/journal.ts'
import { remove } from '../../ports/store/change.ts'
import type { Change, Stored } from '../../ports/store/store.ts'
import type { Row, Table } from '../../ports/store/table.ts'
import { edges, stars, versions } from '../artifacts/tables.ts'
import { getManifest, linksOfManifest } from '../catalog/manifest-rows.ts'
import {
  goneSubjects,
  links,
  type ManifestRow,
  manifests,
  pulls,
  tagHistory,
  tags,
} from '../catalog/tables.ts'
import { getHolding, releaseContent } from '../content/blob-rows.ts'
import { dropHolding } from '../content/blobs.ts'
import { goneName } from '../content/repositories.ts'
import { blobs, holdings, repositories } from '../content/tables.ts'
import { giveBackUsage } from '../content/usage.ts'
import type { Core } from '../ledger/core.ts'
import { eachRow } from '../ledger/each-row.ts'

const rowsPerBatch = 400

/**
 * Removes what a purged artifact and its repository held, a little at a time. Nobody finds it any more, so that the
 * references between its rows need no counting; content that other repositories hold too stays. The repository's row goes
 * last: until then the job can begin anew.
 */
export async function emptyRepository(
  core: Core,
  payload: JobPayload,
  { signal }: JobContext,
): Promise<undefined> {
  const repository = payload['repository'] as string
  const artifact = payload['artifact'] as string
  const home = await core.store.get(repositories, [repository])
  // It was done before; or the name is its own again, which is for nobody to empty.
  if (home === undefined || home.name !== goneName(home.id)) return undefined
  await removeAll(core, tagHistory, [repository], signal)
  await removeAll(core, tags, [repository], signal)
  await removeAll(core, goneSubjects, [repository], signal)
  for await (const { digest } of eachRow(core.store, manifests, { eq: [repository] })) {
    signal.throwIfAborted()
    await core.ledger.keep(async () => {
      const row = await getManifest(core, repository, digest as Digest)
      return { value: undefined, changes: row === undefined ? [] : await dropManifest(core, row) }
    })
  }
  for await (const { digest } of eachRow(core.store, holdings, { eq: [repository] })) {
    signal.throwIfAborted()
    await core.ledger.keep(async () => {
      const row = await getHolding(core, repository, digest as Digest)
      return { value: undefined, changes: row === undefined ? [] : await dropHolding(core, row) }
    })
  }
  for (const table of [versions, edges, stars] as unknown as Table[]) {
    await removeAll(core, table, [artifact], signal)
  }
  await core.ledger.keep(async () => {
    const row = await core.store.get(repositories, [repository])
    if (row === undefined) return { value: undefined, changes: [] }
    return {
      value: undefined,
      changes: [
        remove(repositories, [repository], { rev: row.rev }),
        ...(await giveBackUsage(core, repository, { repositories: 1 })),
      ],
    }
  })
  return undefined
}

async function removeAll<R extends Row>(
  core: Core,
  table: Table<R>,
  eq: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  for (let left = true; left; ) {
    signal.throwIfAborted()
    left = await core.ledger.keep(async () => {
      const { rows, next } = await core.store.find(table, { index: 'key', eq, limit: rowsPerBatch })
      const keyOf = (row: Stored<R>): Row[string][] => table.key.map((column) => row[column])
      return { value: next !== undefined, changes: rows.map((row) => remove(table, keyOf(row))) }
    })
  }
}

async function dropManifest(core: Core, row: Stored<ManifestRow>): Promise<Change[]> {
  const { repository, digest, size } = row
  const [linked, pulled, content] = await Promise.all([
    linksOfManifest(core, repository, digest),
    core.store.get(pulls, [repository, digest]),
    core.store.get(blobs, [digest]),
  ])
  return [
    remove(manifests, [repository, digest], { rev: row.rev }),
    ...(pulled === undefined ? [] : [remove(pulls, [repository, digest], { rev: pulled.rev })]),
    ...linked.map((link) => remove(links, [link.repository, link.manifest, link.digest, link.target])),
    ...(content === undefined ? [] : releaseContent(core, content)),
    ...(await giveBackUsage(core, repository, { bytes: size, manifests: 1 })),
  ]
}
