import { RegistryError } from '../../domain/error.ts'
import { decodeForeignVersion } from '../../domain/foreign-name.ts'
import { isSemver } from '../../domain/semver.ts'
import type { Tag } from '../../domain/tag.ts'
import type { Core } from '../ledger/core.ts'
import { getVersionRow, nameOf } from './read-version.ts'
import { artifacts } from './tables.ts'

/**
 * A tag that is the name of a published version stays where it is, whatever door asks. What came by a door that knows
 * tags alone was published by nobody: its tags move as the operator's rules let them.
 * @param repository the id
 * @throws RegistryError `version-published`
 */
export async function requireDraft(core: Pick<Core, 'store'>, repository: string, tag: Tag): Promise<void> {
  const published = await publishedAs(core, repository, tag)
  if (published !== undefined) throw new RegistryError('version-published', published)
}

/** The version that somebody has published under that tag; undefined: none. */
export async function publishedAs(
  core: Pick<Core, 'store'>,
  repository: string,
  tag: Tag,
): Promise<{ readonly artifact: string; readonly version: string } | undefined> {
  const version = decodeForeignVersion(tag)
  if (!isSemver(version)) return undefined
  const artifact = await core.store.get(artifacts, { unique: 'repository', values: [repository] })
  if (artifact === undefined) return undefined
  const row = await getVersionRow(core, artifact.id, version)
  return row?.state === 'published' ? { artifact: nameOf(artifact), version } : undefined
}
