import { createCipheriv, createDecipheriv } from 'node:crypto'
import { insert } from '../../../ports/store/change.ts'
import type { Core } from '../../ledger/core.ts'
import { secrets } from '../../ledger/tables.ts'

/** The key that secrets of second factors are kept under: the same in every process, made with the first of them. */
export const factorKeyName = 'factor-key'

const cipher = 'aes-256-gcm'
const keyBytes = 32
/** NIST SP 800-38D, 8.2: a nonce of 96 bits, drawn anew for each. */
const nonceBytes = 12
const tagBytes = 16

type Parts = Pick<Core, 'store' | 'ledger' | 'random'>

/** Whoever reads one row alone has nothing of it, and in another row it is nothing. @param of whose it is */
export async function sealSecret(core: Parts, secret: Uint8Array, of: string): Promise<Uint8Array> {
  const key = await factorKey(core)
  const nonce = core.random.bytes(nonceBytes)
  const sealing = createCipheriv(cipher, key, nonce, { authTagLength: tagBytes })
  sealing.setAAD(Buffer.from(of))
  const sealed = Buffer.concat([nonce, sealing.update(secret), sealing.final(), sealing.getAuthTag()])
  return new Uint8Array(sealed)
}

/** @throws Error it is not one of theirs, or of another registry's key: the records were changed by somebody */
export async function openSecret(core: Parts, sealed: Uint8Array, of: string): Promise<Uint8Array> {
  const key = await factorKey(core)
  const end = sealed.length - tagBytes
  const opening = createDecipheriv(cipher, key, sealed.subarray(0, nonceBytes), { authTagLength: tagBytes })
  opening.setAAD(Buffer.from(of))
  opening.setAuthTag(sealed.subarray(end))
  return new Uint8Array(Buffer.concat([opening.update(sealed.subarray(nonceBytes, end)), opening.final()]))
}

async function factorKey(core: Parts): Promise<Uint8Array> {
  const found = await core.store.get(secrets, [factorKeyName])
  if (found !== undefined) return found.bytes
  return await core.ledger.keep(async () => {
    const row = await core.store.get(secrets, [factorKeyName])
    if (row !== undefined) return { value: row.bytes, changes: [] }
    const bytes = core.random.bytes(keyBytes)
    return { value: bytes, changes: [insert(secrets, { name: factorKeyName, bytes })] }
  })
}
