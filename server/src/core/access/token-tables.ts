import type { Table } from '../../ports/store/table.ts'

/** A sign-in that goes on by refresh tokens, each of which takes the place of the one before. */
export type TokenFamilyRow = {
  id: string
  /** Whose it is, as `describePrincipal` writes it. */
  owner: string
  /** JSON of a `TokenRoot`: what it rests upon. */
  root: string
  /** SHA-256, in hex, of the half that all its refresh tokens share, and of the whole one that is good now. */
  locator: string
  current: string
  /** Whether a refresh token is good once. Clients that keep theirs in a file which they do not write again cannot have it so. */
  rotates: boolean
  label: string
  createdAt: number
  usedAt: number
  usedFrom: string
  expiresAt: number
}

export const tokenFamilies: Table<TokenFamilyRow> = {
  name: 'token_families',
  columns: {
    id: 'text',
    owner: 'text',
    root: 'text',
    locator: 'text',
    current: 'text',
    rotates: 'boolean',
    label: 'text',
    createdAt: 'integer',
    usedAt: 'integer',
    usedFrom: 'text',
    expiresAt: 'integer',
  },
  key: ['id'],
  unique: { locator: ['locator'] },
  indexes: { byOwner: ['owner', 'id'], byExpiry: ['expiresAt', 'id'] },
}
