import { RegistryError } from '../../domain/error.ts'
import { describePrincipal } from '../../domain/principal.ts'
import type { RepositoryName } from '../../domain/repository-name.ts'
import type { Tag } from '../../domain/tag.ts'
import type { Change, Stored } from '../../ports/store/store.ts'
import { noteDeparture } from '../artifacts/note-departure.ts'
import { requireDraft } from '../artifacts/require-draft.ts'
import { getTag, liveDigest, moveTag } from '../catalog/move-tag.ts'
import { References } from '../catalog/references.ts'
import type { TagRow } from '../catalog/tables.ts'
import { findRepository } from '../content/repositories.ts'
import type { Caller } from '../ledger/caller.ts'
import type { Core } from '../ledger/core.ts'
import { type ImmutableTags, requireMovable } from '../policy/immutable-tags.ts'
import { checkPrecondition, type Precondition } from './precondition.ts'

/** Guards for the batch in which the tag goes, or undefined where it is to stay. */
export type TagStillGoes = (current: Stored<TagRow>) => Promise<readonly Change[] | undefined>

/**
 * The tag goes; its manifest and its history stay. `stillGoes` is asked each time the tag was read, at whose revision it
 * goes. Answers whether it went.
 * @throws RegistryError `manifest-unknown`, `tag-immutable`, `version-published`, `precondition-failed`
 */
export async function deleteTag(
  core: Core,
  immutable: ImmutableTags,
  caller: Caller,
  repository: RepositoryName,
  tag: Tag,
  expect: Precondition,
  stillGoes: TagStillGoes = async () => [],
): Promise<boolean> {
  return await core.ledger.change(caller, async () => {
    const row = await findRepository(core, repository)
    const current = row && (await getTag(core, row.id, tag))
    const digest = liveDigest(current)
    checkPrecondition(expect, tag, digest)
    if (row === undefined || current === undefined || digest === undefined)
      throw new RegistryError('manifest-unknown', { reference: tag })
    requireMovable(immutable, repository, tag)
    await requireDraft(core, row.id, tag)
    const guards = await stillGoes(current)
    if (guards === undefined) return { value: false, changes: [] }
    const references = new References(core, row.id)
    const move = { repository: row.id, tag, current, to: undefined, by: describePrincipal(caller.principal) }
    const changes = await moveTag(core, move, references)
    const noted = await noteDeparture(core, { repository, id: row.id, tags: [tag] })
    return {
      value: true,
      changes: [...changes, ...references.changes(), ...noted.changes, ...guards],
      deeds: [{ action: 'tag.delete', repository, target: tag, before: digest }],
      events: [{ kind: 'tag.deleted', repository, tag, previous: digest }, ...noted.events],
    }
  })
}
