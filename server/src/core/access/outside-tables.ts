import type { Table } from '../../ports/store/table.ts'

/** An account that somebody has elsewhere, and by which they come in here. */
export type IdentityRow = {
  id: string
  /** Together one person's for ever, as the issuer says. Names and addresses are not. */
  issuer: string
  subject: string
  user: string
  provider: string
  /** What they are called there, to be recognised by. */
  shown: string
  /** JSON of `Given`: what groups there have given here. */
  given: string
  createdAt: number
  usedAt: number
}

export const identities: Table<IdentityRow> = {
  name: 'identities',
  columns: {
    id: 'text',
    issuer: 'text',
    subject: 'text',
    user: 'text',
    provider: 'text',
    shown: 'text',
    given: 'text',
    createdAt: 'integer',
    usedAt: 'integer',
  },
  key: ['id'],
  unique: { subject: ['issuer', 'subject'] },
  indexes: { byUser: ['user', 'id'] },
}

/** Something of somebody else that is good once, and was used: it is refused for as long as it could come again. */
export type UsedProofRow = {
  /** SHA-256, in hex. */
  hash: string
  expiresAt: number
  /** The key that was given for it, which goes with the row; empty: none. */
  key: string
}

export const usedProofs: Table<UsedProofRow> = {
  name: 'used_proofs',
  columns: { hash: 'text', expiresAt: 'integer', key: 'text' },
  key: ['hash'],
  indexes: { byExpiry: ['expiresAt'] },
}

/** A program on some device that waits for somebody to let it in (RFC 8628). */
export type DeviceLoginRow = {
  /** SHA-256 of the device code, in hex. */
  hash: string
  /** SHA-256 of the user code, in hex. */
  code: string
  state: 'waiting' | 'allowed' | 'refused'
  /** Who has allowed it, and the epoch of their account then. */
  user: string
  epoch: number
  /** What the program calls itself, and where it came from. */
  client: string
  address: string
  /** What it counts for: see `networkOf`. */
  network: string
  /** Permissions that it asks for, separated by blanks; empty: whatever the user may. */
  permissions: string
  createdAt: number
  expiresAt: number
  askedAt: number
  /** It may ask so often, ms. */
  interval: number
}

export const deviceLogins: Table<DeviceLoginRow> = {
  name: 'device_logins',
  columns: {
    hash: 'text',
    code: 'text',
    state: 'text',
    user: 'text',
    epoch: 'integer',
    client: 'text',
    address: 'text',
    network: 'text',
    permissions: 'text',
    createdAt: 'integer',
    expiresAt: 'integer',
    askedAt: 'integer',
    interval: 'integer',
  },
  key: ['hash'],
  unique: { code: ['code'] },
  indexes: { byExpiry: ['expiresAt'], byNetwork: ['network'] },
}
