import type { ArtifactFilter } from '../../core/artifacts/artifact-query.ts'
import { artifactOf } from '../../core/artifacts/artifact-rows.ts'
import { changelogOf } from '../../core/artifacts/changelog.ts'
import {
  type ChangeCollection,
  createCollection,
  deleteCollection,
  type GivenCollection,
  listCollections,
  readCollection,
  updateCollection,
} from '../../core/artifacts/collections.ts'
import { countUse } from '../../core/artifacts/count-use.ts'
import { readSide } from '../../core/artifacts/diff-side.ts'
import { diffVersions, type VersionDiff } from '../../core/artifacts/diff-versions.ts'
import {
  countArtifacts,
  type FindArtifacts,
  type FoundArtifacts,
  findArtifacts,
} from '../../core/artifacts/find-artifacts.ts'
import {
  countEntries,
  type EntryPlace,
  type FindEntries,
  type FoundEntries,
  findEntries,
} from '../../core/artifacts/find-entries.ts'
import { type CountedTerm, listTerms, listTermsSeen } from '../../core/artifacts/list-terms.ts'
import { listVersions } from '../../core/artifacts/list-versions.ts'
import { readContent } from '../../core/artifacts/read-content.ts'
import { nameOf, readVersion, requireVersion, versionOf } from '../../core/artifacts/read-version.ts'
import { related } from '../../core/artifacts/related.ts'
import { requireArtifact } from '../../core/artifacts/require-artifact.ts'
import { areSeen, type Placed, placedArtifacts, type Sees } from '../../core/artifacts/sees.ts'
import { type Entry, standingEntries } from '../../core/artifacts/standing-versions.ts'
import { star, unstar } from '../../core/artifacts/star.ts'
import { type ArtifactRow, artifacts } from '../../core/artifacts/tables.ts'
import { trending } from '../../core/artifacts/trending.ts'
import { Sources, type VersionBytes } from '../../core/artifacts/version-source.ts'
import type { Walked, WalkLimits } from '../../core/artifacts/walk.ts'
import { dependenciesOf, dependentsOf } from '../../core/artifacts/walk-edges.ts'
import type { Authoring } from '../../core/authoring/authoring.ts'
import { bySlug, type CreateArtifact, createArtifact } from '../../core/authoring/create-artifact.ts'
import { deleteArtifact, restoreArtifact } from '../../core/authoring/delete-artifact.ts'
import { type PublishVersion, publishVersion } from '../../core/authoring/publish-version.ts'
import { purgeArtifact } from '../../core/authoring/purge-artifact.ts'
import { VersionContents, type VersionKey, type VersionText } from '../../core/authoring/read-contents.ts'
import { rollBack } from '../../core/authoring/rollback.ts'
import { type UpdateArtifact, updateArtifact } from '../../core/authoring/update-artifact.ts'
import { filesOf } from '../../core/authoring/version-files.ts'
import { type WithdrawVersion, withdrawVersion } from '../../core/authoring/withdraw-version.ts'
import type { Caller } from '../../core/ledger/caller.ts'
import type { Core } from '../../core/ledger/core.ts'
import { type ShownEntry, shownEntries } from '../../core/search/shown-entries.ts'
import type { Artifact, ArtifactVersion, Collection } from '../../domain/artifact.ts'
import { RegistryError } from '../../domain/error.ts'
import type { Sight } from '../../domain/search.ts'
import { isSemver } from '../../domain/semver.ts'
import type { JsonObject } from '../../domain/strict-json.ts'
import type { Cache } from '../../ports/cache/cache.ts'

export type {
  ArtifactFilter,
  ChangeCollection,
  CountedTerm,
  CreateArtifact,
  Entry,
  EntryPlace,
  FindArtifacts,
  FindEntries,
  FoundArtifacts,
  FoundEntries,
  GivenCollection,
  Placed,
  PublishVersion,
  Sees,
  UpdateArtifact,
  VersionBytes,
  VersionDiff,
  VersionKey,
  VersionText,
  Walked,
  WithdrawVersion,
}

/** A version with what its author wrote. */
export interface WholeVersion extends ArtifactVersion {
  readonly source: string
  /** The config of its manifest; empty where that is no JSON object. */
  readonly document: JsonObject
  /** Beside the source. */
  readonly files: readonly FileOfVersion[]
}

export interface FileOfVersion {
  readonly name: string
  readonly mediaType: string
  readonly digest: string
  readonly size: number
}

/** What can be done with artifacts, whatever door asks. Errors are RegistryError. */
export interface Artifacts {
  create(caller: Caller, request: CreateArtifact): Promise<Artifact>
  /** @throws `artifact-unknown`; one that was deleted is unknown too */
  read(id: string): Promise<Artifact>
  /** @throws `artifact-unknown` */
  readBySlug(namespace: string, slug: string): Promise<Artifact>
  update(caller: Caller, request: UpdateArtifact): Promise<Artifact>
  delete(caller: Caller, id: string): Promise<void>
  restore(caller: Caller, id: string): Promise<Artifact>
  purge(caller: Caller, id: string): Promise<void>
  /** Deleted ones too; undefined where there is none of that id. */
  readMany(ids: readonly string[]): Promise<readonly (Artifact | undefined)[]>
  /** With where their versions are pulled from; deleted ones too. undefined where there is none of that id. */
  placed(ids: readonly string[]): Promise<readonly (Placed | undefined)[]>
  /** Live ones with the version that each stands at; undefined where there is none. */
  standing(ids: readonly string[]): Promise<readonly (Entry | undefined)[]>
  /** Live ones as they are found: those that are published as their published version says, also beside a newer draft. */
  shown(ids: readonly string[]): Promise<readonly (ShownEntry | undefined)[]>
  find(query: FindArtifacts): Promise<FoundArtifacts>
  count(filter: ArtifactFilter): Promise<number>
  /** As `find`, of artifacts with their versions. */
  findEntries(query: FindEntries): Promise<FoundEntries>
  countEntries(query: Pick<FindEntries, 'filter' | 'which'>): Promise<number>
  /** What the author of each version wrote, in their order. */
  sources(versions: readonly VersionBytes[]): Promise<readonly string[]>
  /** What is read of each version, in their order, and of its file of that name. */
  contents(versions: readonly VersionKey[], file: string): Promise<readonly VersionText[]>
  /** Highest first. */
  versions(id: string): Promise<readonly ArtifactVersion[]>
  /** @throws `artifact-unknown`, `version-unknown` */
  version(id: string, version: string): Promise<WholeVersion>
  /** The bytes of one file. @throws `artifact-unknown`, `version-unknown`, `file-unknown`, `too-large` */
  file(id: string, version: string, name: string): Promise<Uint8Array>
  publish(caller: Caller, request: PublishVersion): Promise<Artifact>
  rollBack(caller: Caller, id: string, version: unknown): Promise<Artifact>
  withdraw(caller: Caller, request: WithdrawVersion): Promise<Artifact>
  diff(id: string, from: string, to: string): Promise<VersionDiff>
  /** Markdown of what changed, which an author can edit. */
  changelog(id: string, from: string, to: string): Promise<string>
  /**
   * What a version needs, and what that needs; of the version that the artifact stands at where none is named.
   * @throws `artifact-unknown`, `version-unknown`
   */
  dependencies(id: string, version?: string, depth?: number, sees?: Sees): Promise<Walked>
  dependents(id: string, depth?: number, sees?: Sees): Promise<Walked>
  terms(field: 'topic' | 'skill', limit: number, sees?: Sees): Promise<readonly CountedTerm[]>
  /** `sight`: which of the public ones whoever asks may see; all of them where nothing is said. */
  trending(limit: number, sight?: Sight): Promise<readonly Artifact[]>
  related(id: string, limit: number, sight?: Sight): Promise<readonly Artifact[]>
  countUse(id: string, use: 'downloads' | 'views'): Promise<void>
  /** How many stars it has then. */
  star(caller: Caller, id: string, user: string): Promise<number>
  unstar(caller: Caller, id: string, user: string): Promise<number>
  readonly collections: {
    create(caller: Caller, owner: string, given: GivenCollection): Promise<Collection>
    read(id: string): Promise<Collection>
    update(caller: Caller, id: string, given: GivenCollection | ChangeCollection): Promise<Collection>
    delete(caller: Caller, id: string): Promise<void>
    list(
      owner: string,
      query: { readonly last?: string; readonly limit: number },
    ): Promise<readonly Collection[]>
  }
}

export function bindArtifacts(authoring: Authoring, cache: Cache): Artifacts {
  const { core } = authoring
  const sources = new Sources(core, cache)
  const contents = new VersionContents(core)
  const kinds = [...core.kinds.keys()]
  const most = (limit: number): number => Math.max(0, Math.min(limit, core.limits.pageSize))
  const bounds = (given: number | undefined, sees: Sees | undefined): WalkLimits => {
    const { walkDepth, walkCount } = core.limits
    const seen = async (row: ArtifactRow): Promise<boolean> => (await areSeen(core, [row], sees))[0] ?? false
    return {
      depth: Math.min(given ?? walkDepth, walkDepth),
      count: walkCount,
      ...(sees !== undefined && { sees: seen }),
    }
  }
  const compare = async (id: string, from: string, to: string): Promise<VersionDiff> => {
    const row = await requireArtifact(core, id)
    const [one, other] = await Promise.all([readSide(core, row, from), readSide(core, row, to)])
    return diffVersions(one, other)
  }
  return {
    create: async (caller, request) => artifactOf(await createArtifact(authoring, caller, request)),
    read: async (id) => artifactOf(await requireArtifact(core, id)),
    readBySlug: async (namespace, slug) => {
      const row = await bySlug(core, namespace, slug)
      if (!row?.live) throw new RegistryError('artifact-unknown', { artifact: `${namespace}/${slug}` })
      return artifactOf(row)
    },
    update: async (caller, request) => artifactOf(await updateArtifact(authoring, caller, request)),
    delete: (caller, id) => deleteArtifact(authoring, caller, id),
    restore: async (caller, id) => artifactOf(await restoreArtifact(authoring, caller, id)),
    purge: (caller, id) => purgeArtifact(authoring, caller, id),
    readMany: async (ids) => {
      const rows = await core.store.getMany(
        artifacts,
        ids.map((id) => [id]),
      )
      return rows.map((row) => row && artifactOf(row))
    },
    placed: (ids) => placedArtifacts(core, ids),
    standing: (ids) => standingEntries(core, ids),
    shown: (ids) => shownEntries(core, ids),
    find: (query) => findArtifacts(core, kinds, { ...query, limit: most(query.limit) }),
    count: (filter) => countArtifacts(core, kinds, filter),
    findEntries: (query) => findEntries(core, kinds, { ...query, limit: most(query.limit) }),
    countEntries: (query) => countEntries(core, kinds, query),
    contents: (versions, file) => contents.read(versions, file),
    sources: (versions) => sources.readMany(versions),
    versions: async (id) => await listVersions(core, await requireArtifact(core, id)),
    version: async (id, version) => {
      const row = await requireArtifact(core, id)
      const { digest, document, sourceDigest, manifest } = await readVersion(core, row, version)
      const found = version === digest ? undefined : await requireVersion(core, row, version)
      const tag = found?.tag ?? { digest, movedAt: row.updatedAt }
      const source = await sources.read({ digest, ...(sourceDigest && { source: sourceDigest }) })
      const files = filesOf(manifest)
      return { ...versionOf(row, version, tag, found?.row), source, document, files }
    },
    file: async (id, version, name) => {
      const { manifest } = await readVersion(core, await requireArtifact(core, id), version)
      const file = filesOf(manifest).find((one) => one.name === name)
      if (file === undefined) throw new RegistryError('file-unknown', { version, file: name })
      return await readContent(core, file.digest, core.limits.sourceBytes)
    },
    publish: async (caller, request) => artifactOf(await publishVersion(authoring, caller, request)),
    rollBack: async (caller, id, version) => artifactOf(await rollBack(authoring, caller, id, version)),
    withdraw: async (caller, request) => artifactOf(await withdrawVersion(authoring, caller, request)),
    diff: compare,
    changelog: async (id, from, to) =>
      changelogOf(await compare(id, from, to), { from, to, limit: core.limits.textLength }),
    dependencies: async (id, version, deep, sees) => {
      const row = await requireArtifact(core, id)
      return await dependenciesOf(core, row, await versionToWalk(core, row, version), bounds(deep, sees))
    },
    dependents: async (id, deep, sees) =>
      await dependentsOf(core, await requireArtifact(core, id), bounds(deep, sees)),
    terms: (field, limit, sees) =>
      sees === undefined
        ? listTerms(core, field, most(limit))
        : listTermsSeen(core, field, { limit: most(limit), sees, kinds }),
    trending: (limit, sight) => trending(core, most(limit), sight),
    related: (id, limit, sight) => related(core, { id, ...(sight && { sight }) }, most(limit)),
    countUse: (id, use) => countUse(core, id, use),
    star: (caller, id, user) => star(core, caller, id, user),
    unstar: (caller, id, user) => unstar(core, caller, id, user),
    collections: {
      create: (caller, owner, given) => createCollection(core, caller, owner, given),
      read: (id) => readCollection(core, id),
      update: (caller, id, given) => updateCollection(core, caller, id, given),
      delete: (caller, id) => deleteCollection(core, caller, id),
      list: (owner, query) => listCollections(core, owner, { ...query, limit: most(query.limit) }),
    },
  }
}

/** undefined, or the digest that it stands at where no version has a name: the one that it stands at. @throws `version-unknown` */
async function versionToWalk(core: Core, row: ArtifactRow, version: string | undefined): Promise<string> {
  if (version === undefined || (row.version === '' && version === row.digest)) return row.version
  // A tag of another name is none of its versions.
  if (!isSemver(version)) throw new RegistryError('version-unknown', { artifact: nameOf(row), version })
  await requireVersion(core, row, version)
  return version
}
