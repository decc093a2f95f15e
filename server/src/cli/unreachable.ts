/** OpenSSL's names for a chain that ends with nobody whom this machine trusts. */
const untrusted: ReadonlySet<string> = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
])

/** OpenSSL's words for bytes that are no records of TLS. */
const notRecords: ReadonlySet<string> = new Set([
  'wrong version number',
  'packet length too long',
  'http request',
])

/** The connection ended, or something came over it that is no HTTP: as from a TLS port that is spoken to in plain. */
export function isNoHttp(error: unknown): boolean {
  const code = codeOf(error)
  return code === 'ECONNRESET' || code === 'EPIPE' || code.startsWith('HPE_')
}

/** What came over the connection is no TLS, or nothing came. */
export function isNoTls(error: unknown): boolean {
  const code = codeOf(error)
  return code === 'ECONNRESET' || code === 'EPIPE' || notRecords.has(sslReason(error) ?? '')
}

/** Why nothing came back from `url`, with the flag that helps where one does. */
export function unreachable(url: URL, error: unknown): string {
  return `${url.href} cannot be reached: ${reason(url, error)}`
}

function reason({ protocol }: URL, error: unknown): string {
  const code = codeOf(error)
  if (untrusted.has(code)) {
    return 'its certificate is signed by nobody whom this machine trusts; name the certificate of its authority with --ca-file <file> or LADING_CA_FILE'
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return `its certificate is for another host (${namesIn(error)}); call the registry by a name that stands there`
  }
  if (code === 'CERT_HAS_EXPIRED') return 'its certificate has expired'
  if (code === 'CERT_NOT_YET_VALID')
    return 'its certificate is not valid yet; is the clock of this machine right?'
  if (protocol === 'http:' && isNoHttp(error)) {
    return `it answers no HTTP (${innermost(error)}); perhaps it speaks TLS: say --tls`
  }
  if (protocol === 'https:' && isNoTls(error)) {
    return `it does not speak TLS (${sslReason(error) ?? innermost(error)}); where it should not, say --plain-http`
  }
  return sslReason(error) ?? innermost(error)
}

function namesIn(error: unknown): string {
  return (
    (error as { readonly cert?: { readonly subjectaltname?: string } }).cert?.subjectaltname ??
    'it names none'
  )
}

/** `…:SSL routines:<function>:<reason>:<file>:<line>:` is how OpenSSL writes its errors out. */
function sslReason(error: unknown): string | undefined {
  return error instanceof Error ? /:SSL routines:[^:]*:([^:]+)/.exec(error.message)?.[1] : undefined
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

function innermost(error: unknown): string {
  let current = error
  while (current instanceof Error && current.cause instanceof Error) current = current.cause
  if (!(current instanceof Error)) return String(current)
  return current.message.trim() || codeOf(current) || current.name
}
