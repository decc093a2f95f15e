import { readFileSync } from 'node:fs'
import type { ClientConfig } from 'pg'
import { namingNearest } from '../../domain/nearest.ts'
import { StoreError } from '../../ports/store/errors.ts'

/** The driver is told these as they stand. */
const passed = ['host', 'port', 'user', 'password', 'application_name', 'options'] as const
/** These are read here: the driver means something else by their values than PostgreSQL's own programs do, or nothing. */
const ofTls = ['sslmode', 'sslrootcert', 'sslcert', 'sslkey'] as const
const known: readonly string[] = [...ofTls, ...passed]

type Ssl = ClientConfig['ssl']
type SslObject = Exclude<Ssl, boolean | undefined>
type Mode = 'disable' | 'verify-ca' | 'verify-full'

/**
 * A URL that says nothing of TLS any more, and what it said together with what is given beside it. Throws StoreError
 * `permanent` for a parameter that is not known, and for what would go without TLS, or to anybody, without a word.
 */
export function readParameters(
  url: string,
  { ssl: given, schema }: { readonly ssl?: Ssl; readonly schema?: string },
): { readonly url: string; readonly ssl: Ssl } {
  const [, before = url, query] = /^([^?]*)\?([^#]*)/s.exec(url) ?? []
  if (query === undefined) return { url, ssl: given }
  const parameters = new URLSearchParams(query)
  // Behind a `?` that stands in a password there is more of it, up to the `@`.
  const shown = (text: string): string =>
    query.includes('@') || !/^[\w-]{1,40}$/.test(text) ? '' : ` ${JSON.stringify(text)}`
  for (const name of parameters.keys()) {
    if (!known.includes(name)) throw refused(`the parameter${shown(name)}, which ${notKnown(name, shown)}`)
    if (parameters.getAll(name).length > 1) throw refused(`the parameter ${name} more than once`)
  }
  // The driver would forget the schema for them.
  if (schema !== undefined && parameters.has('options'))
    throw refused('options, and a schema is set beside it: take one of them away')
  const ssl = sslOf(parameters, given, shown)
  if (!ofTls.some((name) => parameters.has(name))) return { url, ssl }
  for (const name of ofTls) parameters.delete(name)
  return { url: parameters.size === 0 ? before : `${before}?${parameters}`, ssl }
}

function notKnown(name: string, shown: (text: string) => string): string {
  if (name === 'ssl') return 'says less than sslmode=verify-full or sslmode=disable: write one of those'
  const near = shown(name) === '' ? '' : namingNearest(name, known)
  return `Lading does not know${near === '' ? `: it knows ${known.join(', ')}` : near}`
}

function sslOf(parameters: URLSearchParams, given: Ssl, shown: (text: string) => string): Ssl {
  const files = filesOf(parameters)
  const mode = modeOf(parameters.get('sslmode') ?? (files === undefined ? undefined : 'verify-full'), shown)
  if (mode === undefined) return given
  if (mode === 'disable') {
    if (files !== undefined || (given !== undefined && given !== false))
      throw refused('sslmode=disable, and a certificate for TLS is set too: take one of them away')
    return false
  }
  if (given === false)
    throw refused(`sslmode=${mode}, and TLS is turned off beside it: take one of them away`)
  const whole: SslObject = { ...(given === true ? {} : given), ...files }
  if (mode === 'verify-full') return whole
  // Of the many authorities of a machine anybody can have a certificate.
  if (whole.ca === undefined)
    throw refused('sslmode=verify-ca, which wants an authority of its own: set store.ca, or sslrootcert here')
  return { ...whole, checkServerIdentity: () => undefined }
}

function modeOf(said: string | undefined, shown: (text: string) => string): Mode | undefined {
  switch (said) {
    case undefined:
    case 'disable':
    case 'verify-ca':
    case 'verify-full':
      return said
    // TLS with whoever answers would be TLS with whoever stands between.
    case 'require':
      return 'verify-full'
    case 'allow':
    case 'prefer':
      throw refused(
        `sslmode=${said}, which goes without TLS where somebody takes it away: write verify-full, or disable`,
      )
    case 'no-verify':
      throw refused(
        'sslmode=no-verify, by which anybody could be the database: write verify-full, with store.ca for an authority of your own',
      )
    default:
      throw refused(
        `a sslmode${shown(said)} that is none of verify-full, verify-ca, require and disable${namingMode(said)}`,
      )
  }
}

const namingMode = (said: string): string =>
  namingNearest(said, ['verify-full', 'verify-ca', 'require', 'disable'])

function filesOf(parameters: URLSearchParams): SslObject | undefined {
  const names = { ca: 'sslrootcert', cert: 'sslcert', key: 'sslkey' } as const
  const read = Object.entries(names).flatMap(([as, name]) => {
    const path = parameters.get(name)
    return path === null ? [] : [[as, contentOf(name, path)] as const]
  })
  return read.length === 0 ? undefined : Object.fromEntries(read)
}

function contentOf(name: string, path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    const { code = '' } = cause as { readonly code?: string }
    throw refused(`${name}, whose file cannot be read (${code}): ${path}`)
  }
}

function refused(what: string): StoreError {
  return new StoreError('permanent', `the URL of the database has ${what}`)
}
