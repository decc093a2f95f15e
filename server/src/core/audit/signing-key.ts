import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto'
import { type ChainHead, headStatement } from '../../domain/audit-chain.ts'
import { insert } from '../../ports/store/change.ts'
import type { Core } from '../ledger/core.ts'
import { secrets } from '../ledger/tables.ts'
import type { AuditHeadRow } from './tables.ts'

/** Of the row of `secrets`: PKCS #8, DER. */
export const auditKeyName = 'audit-heads'

/** What heads are signed with. The private part never leaves this file. */
export class SigningKey {
  readonly #private: KeyObject
  readonly #public: KeyObject
  readonly id: string

  constructor(der: Uint8Array) {
    this.#private = createPrivateKey({ key: Buffer.from(der), format: 'der', type: 'pkcs8' })
    this.#public = createPublicKey(this.#private)
    this.id = keyIdOf(this.#public)
  }

  /** PEM, for whoever checks heads elsewhere. */
  get publicPem(): string {
    return this.#public.export({ format: 'pem', type: 'spki' }).toString()
  }

  sign(head: ChainHead): string {
    return sign(null, headStatement(head), this.#private).toString('base64url')
  }

  isSigned({ signature, key, ...head }: AuditHeadRow): boolean {
    if (key !== this.id) return false
    return verify(null, headStatement(head), this.#public, Buffer.from(signature, 'base64url'))
  }
}

/** The registry's, the same for every process; made when it is asked for first. */
export async function signingKey(core: Pick<Core, 'store' | 'ledger'>): Promise<SigningKey> {
  const der = await core.ledger.keep(async () => {
    const row = await core.store.get(secrets, [auditKeyName])
    if (row !== undefined) return { value: row.bytes, changes: [] }
    const { privateKey } = generateKeyPairSync('ed25519')
    const bytes = new Uint8Array(privateKey.export({ format: 'der', type: 'pkcs8' }))
    return { value: bytes, changes: [insert(secrets, { name: auditKeyName, bytes })] }
  })
  return new SigningKey(der)
}

/** The first 16 hex digits of the SHA-256 of the key, as SPKI, DER. */
function keyIdOf(key: KeyObject): string {
  const der = key.export({ format: 'der', type: 'spki' })
  return createHash('sha256').update(der).digest('hex').slice(0, 16)
}
