import { insert, remove } from '../../ports/store/change.ts'
import type { Caller } from '../ledger/caller.ts'
import type { Core } from '../ledger/core.ts'
import type { EventKind, NewEvent } from '../ledger/ledger.ts'
import { checkKeyText, invalid } from './check-metadata.ts'
import { addStatistics } from './keep-artifact.ts'
import { repositoryOf, requireArtifact } from './require-artifact.ts'
import { type ArtifactRow, stars } from './tables.ts'

/** An opaque name, until there are accounts. */
function checkUser({ limits }: Core, user: unknown): void {
  if (checkKeyText(user, 'userId', limits.titleLength) === '')
    throw invalid('userId', 'it is needed, and not empty')
}

/** Once for each user; again is nothing new. Answers how many stars it has. @throws RegistryError `artifact-unknown` */
export async function star(core: Core, caller: Caller, id: string, user: string): Promise<number> {
  checkUser(core, user)
  return await core.ledger.change(caller, async () => {
    const row = await requireArtifact(core, id)
    if ((await core.store.get(stars, [id, user])) !== undefined) return { value: row.stars, changes: [] }
    return {
      value: row.stars + 1,
      changes: [
        insert(stars, { artifact: id, user, at: core.clock.now() }),
        ...addStatistics(row, { stars: 1 }, core.clock.now()),
      ],
      events: [await told(core, 'artifact.starred', row)],
    }
  })
}

/** @throws RegistryError `artifact-unknown` */
export async function unstar(core: Core, caller: Caller, id: string, user: string): Promise<number> {
  checkUser(core, user)
  return await core.ledger.change(caller, async () => {
    const row = await requireArtifact(core, id)
    const starred = await core.store.get(stars, [id, user])
    if (starred === undefined) return { value: row.stars, changes: [] }
    return {
      value: row.stars - 1,
      changes: [
        remove(stars, [id, user], { rev: starred.rev }),
        ...addStatistics(row, { stars: -1 }, core.clock.now()),
      ],
      events: [await told(core, 'artifact.unstarred', row)],
    }
  })
}

async function told(core: Core, kind: EventKind, row: ArtifactRow): Promise<NewEvent> {
  return { kind, repository: await repositoryOf(core, row), artifact: row.id }
}
