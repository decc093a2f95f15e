import type { Manifest } from '../../domain/manifest.ts'
import { parseManifest } from '../../domain/manifest.ts'
import { abandon } from '../content/write-upload.ts'
import type { Caller } from '../ledger/caller.ts'
import type { Core } from '../ledger/core.ts'
import { type Staged, stageContent } from '../publish/stage-content.ts'
import type { VersionParts } from './version-content.ts'

/** A version whose bytes stand where one batch can make them visible. */
export interface StagedVersion {
  readonly manifest: Manifest
  readonly staged: Staged
  readonly blobs: readonly Staged[]
}

/** Small parts stay in memory, large ones go into files; what is staged and comes to nothing is given up again. */
export async function stagingVersion<T>(
  core: Core,
  caller: Caller,
  { manifest, blobs }: VersionParts,
  work: (staged: StagedVersion) => Promise<T>,
): Promise<T> {
  const staged: Staged[] = []
  try {
    for (const { digest, bytes } of [manifest, ...blobs]) {
      // The repository's id is not known yet, and says nothing here: nobody goes on with this upload.
      staged.push(await stageContent(core, '', digest, bytes, caller.signal))
    }
    const [first, ...rest] = staged
    if (first === undefined) throw new Error('a version has a manifest')
    return await work({ manifest: parseManifest(manifest.bytes, undefined), staged: first, blobs: rest })
  } catch (error) {
    for (const { claim } of staged) {
      await abandon(core, claim).catch((second: unknown) => {
        core.telemetry.error('what was staged for a version is kept until its upload expires', second, {})
      })
    }
    throw error
  }
}
