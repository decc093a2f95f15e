import { ArtifactIds } from '../../domain/artifact-id.ts'
import type { Digest } from '../../domain/digest.ts'
import { isRegistryError } from '../../domain/error.ts'
import { encodeForeignVersion } from '../../domain/foreign-name.ts'
import { mediaTypes } from '../../domain/media-type.ts'
import type { RepositoryName } from '../../domain/repository-name.ts'
import type { Tag } from '../../domain/tag.ts'
import { repositoryOfKind } from '../../kinds/repository-of-kind.ts'
import type { Clock } from '../../ports/clock/clock.ts'
import type { Random } from '../../ports/random/random.ts'
import { insert } from '../../ports/store/change.ts'
import { addStatistics } from '../artifacts/keep-artifact.ts'
import { requireArtifact } from '../artifacts/require-artifact.ts'
import { artifacts, stars } from '../artifacts/tables.ts'
import type { Authoring } from '../authoring/authoring.ts'
import { bySlug, createArtifact } from '../authoring/create-artifact.ts'
import { updateArtifact } from '../authoring/update-artifact.ts'
import type { Body } from '../content/body.ts'
import { findRepository } from '../content/repositories.ts'
import type { Caller } from '../ledger/caller.ts'
import type { PutManifest } from '../publish/put-manifest.ts'
import type { SeededArtifact } from './seeded-artifact.ts'
import type { SeedChoice } from './seeded-identity.ts'
import { seededRandom } from './seeded-ids.ts'
import { pushedKinds, seededPush } from './seeded-push.ts'
import { seededUse } from './seeded-use.ts'

/** What the work is done with: the use cases that every door has. */
export interface Seeding {
  readonly authoring: Authoring
  readonly uploads: {
    push(caller: Caller, repository: RepositoryName, digest: Digest, body: Body): Promise<unknown>
  }
  readonly manifests: { put(caller: Caller, request: PutManifest): Promise<unknown> }
}

/** How many versions were made; 0 where an artifact of its name was there already. */
export async function makeSeeded(
  seeding: Seeding,
  caller: Caller,
  choice: SeedChoice,
  artifact: SeededArtifact,
): Promise<number> {
  const { core } = seeding.authoring
  const { namespace, slug } = artifact
  const isPushed = pushedKinds.has(artifact.kind)
  if (isPushed ? await isThere(seeding, artifact) : (await bySlug(core, namespace, slug)) !== undefined)
    return 0
  try {
    const id = isPushed
      ? await pushed(seeding, caller, choice, artifact)
      : await authored(seeding, caller, choice, artifact)
    await used(seeding.authoring, caller, artifact, id)
    return artifact.versions.length
  } catch (error) {
    if (isRegistryError(error, 'artifact-exists')) return 0
    throw error
  }
}

async function isThere(
  { authoring: { core } }: Seeding,
  { kind, namespace, slug }: SeededArtifact,
): Promise<boolean> {
  return (await findRepository(core, repositoryOfKind(kind, namespace, slug))) !== undefined
}

async function authored(
  seeding: Seeding,
  caller: Caller,
  choice: SeedChoice,
  artifact: SeededArtifact,
): Promise<string> {
  const [first, ...later] = artifact.versions
  const { kind, namespace, slug, author, visibility, metadata } = artifact
  const { source, document, version, changelog, published } = first
  const random = seededRandom(choice, artifact.index)
  const at = (time: number): Authoring => asOf(seeding.authoring, time, random)
  const { id } = await createArtifact(at(first.at), caller, {
    ...{ kind, namespace, slug, owner: author, visibility, metadata },
    ...{ source, document, version, changelog, published },
  })
  for (const { at: time, source, version, changelog, published } of later)
    await updateArtifact(at(time), caller, { id, source, version, changelog, published })
  return id
}

async function pushed(
  seeding: Seeding,
  caller: Caller,
  choice: SeedChoice,
  artifact: SeededArtifact,
): Promise<string> {
  const { core } = seeding.authoring
  const repository = repositoryOfKind(artifact.kind, artifact.namespace, artifact.slug)
  for (const version of artifact.versions) {
    const { blobs, manifest } = seededPush(choice, artifact, version)
    for (const { digest, bytes } of blobs)
      await seeding.uploads.push(caller, repository, digest, { bytes: once(bytes), length: bytes.length })
    await seeding.manifests.put(caller, {
      repository,
      reference: encodeForeignVersion(version.version),
      tags: ['latest' as Tag],
      contentType: mediaTypes.ociManifest,
      bytes: manifest,
      expect: {},
    })
  }
  const home = await findRepository(core, repository)
  const row = home && (await core.store.get(artifacts, { unique: 'repository', values: [home.id] }))
  if (row === undefined) throw new Error(`${repository} was pushed and is no artifact`)
  return row.id
}

/** As if it had been looked at since: so long ago that nobody walks through the uses of that time, so the log tells of it. */
async function used(
  { core }: Authoring,
  caller: Caller,
  artifact: SeededArtifact,
  id: string,
): Promise<void> {
  const use = seededUse(artifact, id)
  if (use === undefined) return
  const repository = repositoryOfKind(artifact.kind, artifact.namespace, artifact.slug)
  await core.ledger.change(caller, async () => {
    const row = await requireArtifact(core, id)
    const given = use.stars.map((each) => insert(stars, each))
    return {
      value: undefined,
      changes: [...addStatistics(row, artifact.statistics, use.at), ...given],
      events: [{ kind: 'artifact.updated', repository, artifact: id }],
    }
  })
}

function asOf(authoring: Authoring, time: number, random: Random): Authoring {
  const { core } = authoring
  return {
    ...authoring,
    core: { ...core, clock: stoppedAt(core.clock, time), random, artifactIds: new ArtifactIds() },
  }
}

function stoppedAt(clock: Clock, time: number): Clock {
  return {
    now: () => time,
    monotonic: () => clock.monotonic(),
    sleep: (ms, signal) => clock.sleep(ms, signal),
    idle: (ms, signal) => clock.idle(ms, signal),
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
