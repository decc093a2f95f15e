const scheme = /^bearer +/i

/**
 * The token of an Authorization header (RFC 6750, section 2.1); undefined: it is of another scheme, or there is none. Its
 * characters are looked at by who does not know it: most were shown before.
 */
export function readBearer(header: string | undefined): string | undefined {
  const begin = header === undefined ? undefined : scheme.exec(header)?.[0].length
  const token = header?.slice(begin).trimEnd() ?? ''
  return begin === undefined || token === '' || token.includes(' ') ? undefined : token
}
