import type { Digest } from '../../domain/digest.ts'
import { parseManifest } from '../../domain/manifest.ts'
import type { RepositoryName } from '../../domain/repository-name.ts'
import type { Tag } from '../../domain/tag.ts'
import { append, check, insert } from '../../ports/store/change.ts'
import type { Stored } from '../../ports/store/store.ts'
import { arrivedChart, claimedDocument } from '../artifacts/claimed-document.ts'
import { noteArrival } from '../artifacts/note-arrival.ts'
import { readContent } from '../artifacts/read-content.ts'
import { artifacts } from '../artifacts/tables.ts'
import { getManifest } from '../catalog/manifest-rows.ts'
import { type TagRow, tags } from '../catalog/tables.ts'
import { goneName } from '../content/repositories.ts'
import { marks, type RepositoryRow, repositories } from '../content/tables.ts'
import type { Core } from '../ledger/core.ts'
import { eachRow } from '../ledger/each-row.ts'
import { eventRow } from '../ledger/ledger.ts'
import { events } from '../ledger/tables.ts'

const mark = 'artifacts-noted'

/**
 * Makes artifacts of repositories that were pushed to before there were any, once in the life of a registry, while it
 * serves: a push that comes meanwhile makes its own. One that was cut short begins anew. Answers how many it looked at.
 */
export async function noteEarlier(core: Core, signal: AbortSignal): Promise<number> {
  if ((await core.store.get(marks, [mark])) !== undefined) return 0
  let noted = 0
  for await (const home of eachRow(core.store, repositories, { index: 'byLife', eq: [true] })) {
    signal.throwIfAborted()
    if (home.name === goneName(home.id) || (await artifactIn(core, home)) !== undefined) continue
    await noteRepository(core, home)
    noted += 1
  }
  await core.ledger.keep(async () => {
    const done = (await core.store.get(marks, [mark])) !== undefined
    return { value: undefined, changes: done ? [] : [insert(marks, { name: mark, at: core.clock.now() })] }
  })
  return noted
}

async function artifactIn(core: Core, home: RepositoryRow): Promise<unknown> {
  return await core.store.get(artifacts, { unique: 'repository', values: [home.id] })
}

/** One manifest after the other, in the order in which its tags came, as if each were pushed now. */
async function noteRepository(core: Core, home: Stored<RepositoryRow>): Promise<void> {
  const rows: Stored<TagRow>[] = []
  for await (const row of eachRow(core.store, tags, { index: 'live', eq: [home.id, true] })) rows.push(row)
  rows.sort((one, other) => one.movedAt - other.movedAt)
  for (const { tag, digest } of rows) {
    await core.ledger.keep(async () => {
      const [row, now] = await Promise.all([
        getManifest(core, home.id, digest as Digest),
        core.store.get(tags, [home.id, tag]),
      ])
      // It moved, or went, in this moment: whoever did that has seen to it.
      if (row === undefined || now?.digest !== digest) return { value: undefined, changes: [] }
      const bytes = await readContent(core, digest as Digest, core.limits.manifestBytes)
      const manifest = parseManifest(bytes, row.mediaType)
      const { changes, events: told } = await noteArrival(core, {
        repository: home.name as RepositoryName,
        target: {
          id: home.id,
          namespace: home.namespace,
          isNew: false,
          change: check(tags, [home.id, tag], now.rev),
        },
        manifest,
        digest: digest as Digest,
        tags: [tag as Tag],
        newTags: [],
        claimed: await claimedDocument(core, home.id, manifest).catch(() => undefined),
        chart: await arrivedChart(core, home.id, manifest).catch(() => ({})),
        by: row.by,
        createdAt: home.createdAt,
      })
      if (changes.length === 0) return { value: undefined, changes: [] }
      // Nobody does anything now, and yet whoever follows the log, as an index does, must hear of it.
      const recorded = { at: core.clock.now(), by: row.by }
      const entries = told.map((event) => append(events, eventRow(event, recorded)))
      return {
        value: undefined,
        changes: [check(tags, [home.id, tag], now.rev), ...changes, ...entries],
      }
    }, 'process')
  }
}
