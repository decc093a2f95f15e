import type { WithdrawVersion } from '../boot/compose/artifacts.ts'
import type { Artifact } from '../domain/artifact.ts'
import type { Digest } from '../domain/digest.ts'
import type { Embedded } from './embedded.ts'
import { flatEntries } from './flat-entries.ts'
import { type Fixed, readFlatChanges, readNewFlat } from './flat-given.ts'
import { orgIdOf } from './flat-shape.ts'
import type { FlatArtifact, FlatVersion } from './flat-types.ts'
import { invalid } from './read/given.ts'
import { flatVersionOf } from './registry-versions.ts'
import { telling } from './told/telling.ts'

export async function createFlat(face: Embedded, given: unknown): Promise<FlatArtifact> {
  return await told(face, await face.artifacts.create(face.caller, readNewFlat(given, face.limits)))
}

export async function updateFlat(face: Embedded, id: string, given: unknown): Promise<FlatArtifact> {
  const { request, fixed } = readFlatChanges(id, given, face.limits)
  if (Object.values(fixed).some((value) => value !== undefined))
    requireSame(await face.artifacts.read(id), fixed)
  return await toldAt(face, await face.artifacts.update(face.caller, request), request.version)
}

export async function publishFlat(
  face: Embedded,
  id: string,
  version: unknown,
  changelog: unknown,
): Promise<FlatArtifact> {
  const request = { id, version, ...(changelog !== undefined && { changelog }) }
  return await toldAt(face, await face.artifacts.publish(face.caller, request), version)
}

export async function rollBackFlat(face: Embedded, id: string, version: unknown): Promise<FlatArtifact> {
  return await told(face, await face.artifacts.rollBack(face.caller, id, version))
}

export async function restoreFlat(face: Embedded, id: string): Promise<FlatArtifact> {
  return await told(face, await face.artifacts.restore(face.caller, id))
}

export async function withdrawFlat(face: Embedded, request: WithdrawVersion): Promise<FlatVersion> {
  await face.artifacts.withdraw(face.caller, request)
  return await telling(() => flatVersionOf(face, request.id, request.version as string))
}

/** The version that was named, which need not be the one that the artifact stands at. */
async function toldAt(face: Embedded, artifact: Artifact, version: unknown): Promise<FlatArtifact> {
  if (version === undefined || version === artifact.version) return await told(face, artifact)
  return await telling(() => flatVersionOf(face, artifact.id, version as string))
}

/** As the change has left it, whatever has become of it since. */
async function told(face: Embedded, artifact: Artifact): Promise<FlatArtifact> {
  return await telling(() => asLeft(face, artifact))
}

async function asLeft(face: Embedded, artifact: Artifact): Promise<FlatArtifact> {
  const { id, digest = '' as Digest, version = digest } = artifact
  const [entry] = await face.artifacts.standing([id])
  const known =
    entry?.version.digest === digest && entry.version.version === version ? entry.version : undefined
  const left = { artifact: id, version, digest, state: 'draft', changelog: '', createdAt: 0 } as const
  const [flat] = await flatEntries(face, [{ artifact, version: known ?? left }])
  if (flat === undefined) throw new Error('an entry was told of as nothing')
  return flat
}

function requireSame({ id, namespace, slug, kind }: Artifact, fixed: Fixed): void {
  const is: Fixed = { id, orgId: orgIdOf(namespace), slug, type: kind }
  for (const name of ['id', 'orgId', 'slug', 'type'] as const) {
    if (fixed[name] === undefined || fixed[name] === is[name]) continue
    throw invalid(name, 'it names the artifact, and stays what it is')
  }
}
