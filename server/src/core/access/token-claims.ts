import { describePrincipal } from '../../domain/principal.ts'
import { isJsonObject, memberOf } from '../../domain/strict-json.ts'
import type { AccessEntry } from '../../domain/token-scope.ts'
import type { TokenClaims } from '../../ports/identity/token-signer.ts'
import { ownerOf } from './keys.ts'
import type { TokenOwner, TokenRoot } from './token-root.ts'

/** What an access token says. */
export interface TokenSaying {
  readonly owner: TokenOwner
  readonly root: TokenRoot
  /** What it is for; undefined: for whatever its owner may. */
  readonly access?: readonly AccessEntry[]
  /** The family that it was made for; with that, it ends. */
  readonly family?: string
}

export interface IssuedClaims {
  readonly issuer: string
  readonly audience: string
  readonly id: string
  /** s since 1970. */
  readonly issuedAt: number
  readonly expiresAt: number
}

/**
 * `access` is the claim of the Distribution project's "Token Authentication Specification", which also wants the subject of who
 * has not said who they are to be empty.
 */
export function claimsOf({ owner, root, access, family }: TokenSaying, issued: IssuedClaims): TokenClaims {
  return {
    iss: issued.issuer,
    aud: issued.audience,
    sub: owner.kind === 'anonymous' ? '' : describePrincipal(owner),
    iat: issued.issuedAt,
    nbf: issued.issuedAt,
    exp: issued.expiresAt,
    jti: issued.id,
    ...(access === undefined ? { whole: true } : { access }),
    root,
    ...(family !== undefined && { family }),
  }
}

/** undefined: another release has said it, in a way that is not known here. */
export function sayingOf(claims: TokenClaims): TokenSaying | undefined {
  const { sub, root, access, whole, family } = claims
  const owner: TokenOwner | undefined = sub === '' ? { kind: 'anonymous' } : ownerOf({ owner: sub })
  const parsed = parseRoot(root)
  if (owner === undefined || parsed === undefined) return undefined
  // Nobody gets everything because something is missing.
  if ((whole === true) === (access !== undefined)) return undefined
  const entries = access === undefined ? undefined : parseAccess(access)
  if (access !== undefined && entries === undefined) return undefined
  if (family !== undefined && typeof family !== 'string') return undefined
  return {
    owner,
    root: parsed,
    ...(entries !== undefined && { access: entries }),
    ...(family !== undefined && { family }),
  }
}

export function parseRoot(value: unknown): TokenRoot | undefined {
  if (!isJsonObject(value)) return undefined
  const [by, epoch, key] = ['by', 'epoch', 'key'].map((name) => memberOf(value, name))
  if (by === 'anyone') return { by }
  if (by === 'account' && typeof epoch === 'number') return { by, epoch }
  if (by === 'configuration') return { by }
  if (by === 'key' && typeof key === 'string') return { by, key }
  return undefined
}

function parseAccess(value: unknown): readonly AccessEntry[] | undefined {
  if (!Array.isArray(value)) return undefined
  const entries = value.map((entry: unknown): AccessEntry | undefined => {
    if (!isJsonObject(entry)) return undefined
    const [type, name, actions] = ['type', 'name', 'actions'].map((member) => memberOf(entry, member))
    if ((type !== 'repository' && type !== 'registry') || typeof name !== 'string') return undefined
    return Array.isArray(actions) && actions.every((action) => typeof action === 'string')
      ? { type, name, actions }
      : undefined
  })
  return entries.every((entry) => entry !== undefined) ? entries : undefined
}
