import { join } from 'node:path'
import type { Caller } from '../../src/core/ledger/caller.ts'
import { type Digest, digestAlgorithm } from '../../src/domain/digest.ts'
import { digestOf } from '../../src/domain/digest-of.ts'
import { isRegistryError } from '../../src/domain/error.ts'
import type { RepositoryName } from '../../src/domain/repository-name.ts'
import { checkInvariants } from '../core/invariants.ts'
import { letTimePass } from '../crash/given-back.ts'
import { type OpenedFolder, openDataFolder } from '../kit/open-data-folder.ts'
import type { Remains } from './recorded-disk.ts'
import type { ScratchDisk } from './scratch-disk.ts'

const nobody: Caller = {
  principal: { kind: 'anonymous' },
  requestId: 'after-the-cut',
  signal: new AbortController().signal,
}

/**
 * Opens what a power cut has left with the real engines, and tells what is wrong: it does not open, something
 * acknowledged is not there or has other bytes, something is there that nobody asked for, or it contradicts itself.
 */
export async function lookAtRemains(
  scratch: ScratchDisk,
  remains: Remains,
  possible: ReadonlyMap<string, ReadonlySet<string>>,
): Promise<string[]> {
  try {
    scratch.lay(remains)
    await using opened = await openDataFolder(join(scratch.path, 'data'), Date.now)
    const wrong: string[] = []
    for (const [key, values] of possible) {
      const found = await foundAt(opened, key)
      if (!values.has(found)) {
        wrong.push(
          `${key} is ${found || 'not there'}; it must be ${[...values].map((one) => one || 'gone').join(' or ')}`,
        )
      }
    }
    await checkInvariants(opened.core, { strays: true }).catch((error: unknown) => wrong.push(String(error)))
    return wrong
  } catch (error) {
    return [`it does not open: ${error instanceof Error ? error.stack : error}`]
  }
}

/** Longer than uploads live. */
const longMs = 14 * 24 * 3_600_000

/** Lets a long while pass for what was looked at: what died in the cut must give its space back. */
export async function giveBack(scratch: ScratchDisk): Promise<readonly string[]> {
  const { wrong } = await letTimePass(join(scratch.path, 'data'), longMs)
  return wrong
}

/** '' where it is not there. */
async function foundAt({ registry }: OpenedFolder, key: string): Promise<string> {
  const [kind, repository, name] = key.split(' ') as [string, RepositoryName, Digest]
  try {
    if (kind !== 'blob') {
      const { digest, bytes } = await registry.manifests.get(repository, name)
      if (digestOf(bytes, digestAlgorithm(digest)) !== digest) return 'there with other bytes'
      return kind === 'tag' ? digest : 'there'
    }
    await using blob = await registry.blobs.open(nobody, repository, name)
    const chunks: Uint8Array[] = []
    for await (const chunk of blob.bytes) chunks.push(Uint8Array.from(chunk))
    return digestOf(Buffer.concat(chunks), digestAlgorithm(name)) === name ? 'held' : 'there with other bytes'
  } catch (error) {
    if (!isRegistryError(error)) throw error
    return error.code.endsWith('-unknown') ? '' : error.code
  }
}
