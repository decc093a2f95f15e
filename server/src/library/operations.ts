import type { UpdateArtifact } from '../boot/compose/artifacts.ts'
import type { Artifact as CoreArtifact } from '../domain/artifact.ts'
import { isDigest } from '../domain/digest.ts'
import { isRegistryError, RegistryError } from '../domain/error.ts'
import { isSemver } from '../domain/semver.ts'
import type { Artifact, ArtifactVersion, Operations } from './backend-types.ts'
import type { Embedded } from './embedded.ts'
import { invalid } from './read/given.ts'
import { writeCursor } from './read/page-cursor.ts'
import {
  type Fixed,
  idIn,
  readChanges,
  readNewArtifact,
  readNewVersion,
  versionIn,
} from './read/read-artifact.ts'
import { readCount, readFind } from './read/read-find.ts'
import { tooMuch } from './registry-versions.ts'
import type { Result } from './result.ts'
import { telling } from './told/telling.ts'
import { toldArtifact, toldVersion } from './told/told-artifact.ts'
import { toldError } from './told/told-error.ts'

/** Runs work on the registry that is meant: found in the turn of the call, where the caller's context is known. */
export type Run = <T>(work: (face: Embedded) => Promise<T>) => Promise<T>

/** Versions of one artifact whose sources are read at a time. */
const readAtOnce = 8

/** What can be done to artifacts, wherever they are. Nothing throws. */
export function operations(run: Run): Operations {
  const told = async <T>(
    work: (face: Embedded) => Promise<T>,
    version?: 'metadata.version',
  ): Promise<Result<T>> => {
    try {
      return { ok: true, value: await run((face) => face.during(work)) }
    } catch (error) {
      return { ok: false, error: toldError(error, version) }
    }
  }
  return {
    create: (artifact) =>
      told(async ({ artifacts, caller, limits }) => {
        const request = readNewArtifact(artifact, limits)
        return toldArtifact(await artifacts.create(caller, request), request.source as string)
      }, 'metadata.version'),
    read: (id) =>
      told(async (face) => {
        const known = idIn(id, 'id', face.limits)
        await face.watch?.(known)
        return await withSource(face, await face.artifacts.read(known))
      }),
    update: (id, changes) =>
      told(async (face) => {
        const known = idIn(id, 'id', face.limits)
        const { request, ...fixed } = readChanges(known, changes, face.limits)
        await requireSame(face, known, fixed)
        const artifact = await face.artifacts.update(face.caller, request)
        return await telling(() => asChanged(face, artifact, request))
      }, 'metadata.version'),
    delete: (id) =>
      told(async ({ artifacts, caller, limits }) => await artifacts.delete(caller, idIn(id, 'id', limits))),
    purge: (id) =>
      told(async ({ artifacts, caller, limits }) => await artifacts.purge(caller, idIn(id, 'id', limits))),
    find: (options) =>
      told(async ({ artifacts, limits }) => {
        const query = readFind(options, limits)
        const found = await artifacts.find(query)
        const sources = await artifacts.sources(found.artifacts)
        return {
          items: found.artifacts.map((artifact, at) => toldArtifact(artifact, sources[at] ?? '')),
          ...(found.next !== undefined && { next: writeCursor(found.next, query) }),
        }
      }),
    count: (options) =>
      told(async ({ artifacts, limits }) => await artifacts.count(readCount(options, limits))),
    createVersion: (id, version) =>
      told(async (face) => {
        const known = idIn(id, 'id', face.limits)
        const request = readNewVersion(known, version, face.limits)
        await face.artifacts.update(face.caller, { ...request, mustBeNew: true })
        return await telling(() => versionNamed(face, known, request.version as string))
      }),
    listVersions: (id) =>
      told(async (face) => {
        const known = idIn(id, 'id', face.limits)
        return await withSources(face, known)
      }),
    getVersion: (id, version) =>
      told(async (face) => {
        const known = idIn(id, 'id', face.limits)
        return await versionNamed(face, known, versionIn(version, 'version'))
      }),
  }
}

/** The version that was changed need not be the one that the artifact stands at. */
async function asChanged(
  face: Embedded,
  artifact: CoreArtifact,
  { source, version = artifact.version }: UpdateArtifact,
): Promise<Artifact> {
  if (typeof source === 'string' && version === artifact.version) return toldArtifact(artifact, source)
  return await withSource(face, artifact)
}

async function withSource(
  { artifacts }: Pick<Embedded, 'artifacts'>,
  artifact: CoreArtifact,
): Promise<Artifact> {
  const [source = ''] = await artifacts.sources([artifact])
  return toldArtifact(artifact, source)
}

/** They are in the name of every version's place, or say how its document is read, so they stay. */
async function requireSame({ artifacts }: Embedded, id: string, fixed: Fixed): Promise<void> {
  if (Object.values(fixed).every((value) => value === undefined)) return
  const { kind: type, slug, organization } = await artifacts.read(id)
  const kept = { id, type, 'metadata.slug': slug, 'metadata.organization': organization }
  const given = {
    id: fixed.id,
    type: fixed.type,
    'metadata.slug': fixed.slug,
    'metadata.organization': fixed.organization,
  }
  for (const [name, is] of Object.entries(kept)) {
    const said = given[name as keyof typeof given]
    if (said !== undefined && said !== is) throw invalid(name, `it stays what it is, ${is || 'none'}`)
  }
}

async function versionNamed({ artifacts }: Embedded, id: string, version: string): Promise<ArtifactVersion> {
  if (isSemver(version) || isDigest(version)) return toldVersion(await artifacts.version(id, version))
  // A tag of that name is none of its versions.
  const { slug } = await artifacts.read(id)
  throw new RegistryError('version-unknown', { artifact: slug, version })
}

async function withSources({ artifacts, limits }: Embedded, id: string): Promise<readonly ArtifactVersion[]> {
  const versions = await artifacts.versions(id)
  const told: ArtifactVersion[] = []
  let characters = 0
  for (let at = 0; at < versions.length; at += readAtOnce) {
    const some = versions.slice(at, at + readAtOnce)
    const whole = await Promise.all(
      some.map(({ version }) =>
        artifacts.version(id, version).catch((error: unknown) => {
          // It went since the list was read.
          if (isRegistryError(error, 'version-unknown')) return undefined
          throw error
        }),
      ),
    )
    const found = whole.flatMap((version) => (version === undefined ? [] : [toldVersion(version)]))
    for (const { source } of found) characters += source.length
    if (versions.length > 1 && characters > limits.sourcesPerPage) throw tooMuch(limits)
    told.push(...found)
  }
  return told
}
