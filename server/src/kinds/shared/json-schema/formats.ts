import { parseTimestamp } from '../../../domain/rfc3339.ts'

/** A form of text that has a name. */
export interface Format {
  /** To follow "it is no". */
  readonly about: string
  readonly example: string
  readonly fits: (text: string) => boolean
}

/** Nothing that has a form is longer. */
const longest = 4_096

const host = /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/i
const mailbox = /^[^\s@"(),:;<>[\\\]]{1,64}$/
const octet = /^(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])$/

function isMoment(text: string): boolean {
  try {
    parseTimestamp(text)
    return true
  } catch {
    return false
  }
}

function isMail(text: string): boolean {
  const at = text.lastIndexOf('@')
  return at > 0 && mailbox.test(text.slice(0, at)) && host.test(text.slice(at + 1))
}

function isIpv4(text: string): boolean {
  const parts = text.split('.')
  return parts.length === 4 && parts.every((part) => octet.test(part) && !/^0[0-9]/.test(part))
}

/** The formats of JSON Schema (Validation, section 7.3) that are checked; the others say nothing. */
export const formats: ReadonlyMap<string, Format> = new Map(
  Object.entries<Format>({
    'date-time': { about: 'time with date and zone', example: '2026-11-01T12:00:00Z', fits: isMoment },
    date: { about: 'date', example: '2026-11-01', fits: (text) => isMoment(`${text}T00:00:00Z`) },
    time: {
      about: 'time of day with zone',
      example: '12:00:00Z',
      fits: (text) => isMoment(`2000-01-01T${text}`),
    },
    email: { about: 'mail address', example: 'someone@example.org', fits: isMail },
    hostname: { about: 'host name', example: 'registry.example.org', fits: (text) => host.test(text) },
    ipv4: { about: 'IPv4 address', example: '192.0.2.1', fits: isIpv4 },
    ipv6: {
      about: 'IPv6 address',
      example: '2001:db8::1',
      fits: (text) => /^[0-9a-f:.]{2,45}$/i.test(text) && URL.canParse(`http://[${text}]/`),
    },
    uri: {
      about: 'URI with its scheme',
      example: 'https://example.org/',
      fits: (text) => /^[a-z][a-z0-9+.-]*:[^\s<>"{}|\\^`]*$/i.test(text) && URL.canParse(text),
    },
    'uri-reference': {
      about: 'URI',
      example: '/docs',
      fits: (text) => /^[^\s<>"{}|\\^`]*$/.test(text) && URL.canParse(text, 'http://host/'),
    },
    uuid: {
      about: 'UUID',
      example: '0193a6c2-7b8e-7cc1-8d7e-1f2a3b4c5d6e',
      fits: (text) => /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text),
    },
    regex: { about: 'regular expression', example: '^[a-z]+$', fits: isExpression },
  }).map(([name, format]): [string, Format] => [
    name,
    { ...format, fits: (text) => text.length <= longest && format.fits(text) },
  ]),
)

function isExpression(text: string): boolean {
  try {
    new RegExp(text, 'u')
    return true
  } catch {
    return false
  }
}
