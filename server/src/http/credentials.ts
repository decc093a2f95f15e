import { RegistryError } from '../domain/error.ts'

export interface Credentials {
  readonly user: string
  readonly password: string
}

const basic = /^basic +([A-Za-z0-9+/]+={0,2}) *$/i
const utf8 = new TextDecoder('utf-8', { fatal: true })

/**
 * Name and password of an Authorization header (RFC 7617). undefined: nobody is named. An empty name with an empty
 * password counts as that, since podman sends them when it has none.
 * @throws RegistryError `unauthenticated`: another scheme, or malformed
 */
export function readCredentials(header: string | undefined): Credentials | undefined {
  if (header === undefined) return undefined
  const encoded = basic.exec(header)?.[1]
  if (encoded === undefined) throw refused('the Authorization header is not of the form Basic <base64>')
  const text = decode(encoded)
  // RFC 7617, section 2, has no control character in either; of a NUL nothing can be asked.
  if (text.includes('\0')) throw refused('the credentials hold a NUL')
  const colon = text.indexOf(':')
  if (colon === -1) throw refused('the credentials lack the colon between name and password')
  const user = text.slice(0, colon)
  const password = text.slice(colon + 1)
  return user === '' && password === '' ? undefined : { user, password }
}

function decode(encoded: string): string {
  try {
    return utf8.decode(Buffer.from(encoded, 'base64'))
  } catch {
    throw refused('the credentials are not UTF-8')
  }
}

function refused(reason: string): RegistryError {
  return new RegistryError('unauthenticated', { reason })
}
