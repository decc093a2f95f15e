import type { Table } from '../../../ports/store/table.ts'

/** Of a user who has a second factor: without this row a password is enough. */
export type SecondFactorRow = {
  user: string
  /** How many: an app for codes counts as one, each passkey too. */
  factors: number
  /** Wrong ones since the last right one, those that are being looked at among them. */
  tries: number
  /** Nothing is looked at before. */
  waitUntil: number
}

export const secondFactors: Table<SecondFactorRow> = {
  name: 'second_factors',
  columns: { user: 'text', factors: 'integer', tries: 'integer', waitUntil: 'integer' },
  key: ['user'],
}

/** The app of a user that makes codes. */
export type TotpRow = {
  user: string
  /** The secret, as `sealSecret` leaves it. */
  secret: Uint8Array
  /** That of the code that was taken last: it and earlier ones are not taken again. */
  lastStep: number
  createdAt: number
  usedAt: number
}

export const totps: Table<TotpRow> = {
  name: 'totps',
  columns: { user: 'text', secret: 'bytes', lastStep: 'integer', createdAt: 'integer', usedAt: 'integer' },
  key: ['user'],
}

export type PasskeyRow = {
  id: string
  user: string
  /** base64url. */
  credential: string
  /** COSE_Key. */
  publicKey: Uint8Array
  counter: number
  label: string
  createdAt: number
  usedAt: number
}

export const passkeys: Table<PasskeyRow> = {
  name: 'passkeys',
  columns: {
    id: 'text',
    user: 'text',
    credential: 'text',
    publicKey: 'bytes',
    counter: 'integer',
    label: 'text',
    createdAt: 'integer',
    usedAt: 'integer',
  },
  key: ['id'],
  unique: { credential: ['credential'] },
  indexes: { byUser: ['user', 'id'] },
}

/** A code that is good once, for who has lost all else. `hash`: SHA-256, in hex. */
export type RecoveryCodeRow = { user: string; hash: string; createdAt: number }

export const recoveryCodes: Table<RecoveryCodeRow> = {
  name: 'recovery_codes',
  columns: { user: 'text', hash: 'text', createdAt: 'integer' },
  key: ['user', 'hash'],
  indexes: { byUser: ['user', 'hash'] },
}

/** A factor that somebody is about to add. */
export type PendingFactorRow = {
  /** SHA-256 of user and kind, in hex: one of a kind. */
  hash: string
  user: string
  kind: string
  /** A sealed secret, or a challenge. */
  secret: Uint8Array
  /** By what they came who began it, as `describeVia` writes it. */
  via: string
  /** That of the account. */
  epoch: number
  expiresAt: number
}

export const pendingFactors: Table<PendingFactorRow> = {
  name: 'pending_factors',
  columns: {
    hash: 'text',
    user: 'text',
    kind: 'text',
    secret: 'bytes',
    via: 'text',
    epoch: 'integer',
    expiresAt: 'integer',
  },
  key: ['hash'],
  indexes: { byExpiry: ['expiresAt'] },
}

/** Somebody has shown a password, and a second factor is wanted yet. It opens nothing else. */
export type HalfSessionRow = {
  /** SHA-256 of what the cookie has, in hex. */
  hash: string
  user: string
  /** What a passkey is to sign, in base64url; empty: it was used, and the next page has another one. */
  challenge: string
  createdAt: number
  expiresAt: number
  /** That of the account when the password was shown. */
  epoch: number
}

export const halfSessions: Table<HalfSessionRow> = {
  name: 'half_sessions',
  columns: {
    hash: 'text',
    user: 'text',
    challenge: 'text',
    createdAt: 'integer',
    expiresAt: 'integer',
    epoch: 'integer',
  },
  key: ['hash'],
  indexes: { byUser: ['user', 'createdAt'], byExpiry: ['expiresAt'] },
}
