import { type ErrorCode, isRegistryError } from '../domain/error.ts'
import { readCredentials } from './credentials.ts'
import type { Door } from './door.ts'
import type { Exchange } from './exchange.ts'
import { statusOf } from './status.ts'

/** What a request was refused, for the log of what was done. */
export interface RefusedRequest {
  readonly by: string
  readonly via: string
  readonly address: string
  readonly action: string
  readonly repository: string
  readonly target: string
  readonly code: ErrorCode
  readonly requestId: string
}

/**
 * undefined: the error says nothing of rights. Who asked is as the door has found out; who could not say so is told by the
 * name that was tried.
 */
export function refusalOf(exchange: Exchange, error: unknown): RefusedRequest | undefined {
  if (!isRegistryError(error)) return undefined
  const status = statusOf(error.code)
  if (status !== 401 && status !== 403 && !error.isOfRights) return undefined
  const { who, via, about, route, method, path, requestId } = exchange
  const tried = who === undefined && status === 401 ? triedName(exchange) : undefined
  return {
    by: who ?? 'anonymous',
    via,
    address: exchange.address ?? '',
    action: tried === undefined ? `${route}.${method.toLowerCase()}` : 'login',
    repository: about,
    target: tried ?? path,
    code: error.code,
    requestId,
  }
}

/** The same door; `note` is told of what it refuses. */
export function notingRefusals(door: Door, note: (refused: RefusedRequest) => void): Door {
  return {
    ...door,
    handle: door.handle.bind(door),
    fail: (exchange, error) => {
      const refused = refusalOf(exchange, error)
      if (refused !== undefined) note(refused)
      door.fail(exchange, error)
    },
  }
}

/** Whatever stands there may be what was to be the password: no more than a name may have is told. */
function triedName({ request }: Exchange): string | undefined {
  const { authorization } = request.headers
  if (authorization === undefined) return undefined
  try {
    const user = readCredentials(authorization)?.user ?? ''
    return /^[a-z0-9][a-z0-9._-]{0,63}$/.test(user) ? `user:${user}` : 'somebody'
  } catch {
    return 'somebody'
  }
}
