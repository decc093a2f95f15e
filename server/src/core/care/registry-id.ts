import { createHash } from 'node:crypto'
import type { Digest } from '../../domain/digest.ts'
import { uploadKey, uploadKeyName } from '../content/upload-key.ts'
import type { Core } from '../ledger/core.ts'
import { secrets } from '../ledger/tables.ts'

/** Which registry it is: of a key that is made at the first start, and survives a restore. Tells nothing of the key. */
export async function registryId(core: Core): Promise<Digest> {
  return registryOfKey(await uploadKey(core))
}

/** The same, where the records may not be changed; undefined: they have not begun to be a registry's. */
export async function knownRegistryId({
  store,
}: {
  readonly store: Pick<Core['store'], 'get'>
}): Promise<Digest | undefined> {
  const row = await store.get(secrets, [uploadKeyName])
  return row === undefined ? undefined : registryOfKey(row.bytes)
}

export function registryOfKey(key: Uint8Array): Digest {
  const hash = createHash('sha256').update('a registry, by the key of its uploads: ')
  return `sha256:${hash.update(key).digest('hex')}` as Digest
}
