import { type Sampler, samplers } from './config.ts'
import { choice } from './scalar-types.ts'
import { type SettingType, shown } from './setting-type.ts'

/** Of a collector; may have a path, to which `/v1/traces` is added. */
export const collectorAddress: SettingType<string> = {
  wanted: 'an http or https URL, such as http://127.0.0.1:4318',
  read(raw, { complain }) {
    const url = typeof raw === 'string' ? URL.parse(raw.trim()) : null
    const fits =
      url !== null &&
      (url.protocol === 'https:' || url.protocol === 'http:') &&
      url.username === '' &&
      url.search === '' &&
      url.hash === ''
    // Not shown: where there is a name and a password in it, they are secret.
    return fits ? url.href.replace(/\/+$/, '') : complain(`wants ${collectorAddress.wanted}`)
  },
  write: (value) => value,
}

const headerName = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/
const headerValue = /^[\t\x20-\x7e]*$/

/** OpenTelemetry, "Protocol Exporter": names and values as in W3C Baggage, the values percent-encoded. */
export const headerPairs: SettingType<Readonly<Record<string, string>>> = {
  wanted: 'names and values such as "authorization=Bearer%20abc,x-team=infra"',
  read(raw, { complain }) {
    if (typeof raw !== 'string') return complain(`wants ${headerPairs.wanted}`)
    const pairs = raw.split(',').filter((pair) => pair.trim() !== '')
    const read: Record<string, string> = {}
    for (const [index, pair] of pairs.entries()) {
      const equals = pair.indexOf('=')
      const name = pair.slice(0, Math.max(0, equals)).trim()
      const value = decoded(pair.slice(equals + 1).trim())
      if (!headerName.test(name) || value === undefined || !headerValue.test(value)) {
        complain(`wants ${headerPairs.wanted}; number ${index + 1} is not such a pair`)
      } else read[name.toLowerCase()] = value
    }
    return Object.freeze(read)
  },
  write: (value) =>
    Object.entries(value)
      .map(([name, text]) => `${name}=${encodeURIComponent(text)}`)
      .join(','),
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

export const serviceName: SettingType<string> = {
  wanted: 'a name of 1 to 255 characters, such as registry-west',
  read(raw, { complain }) {
    const fits = typeof raw === 'string' && /^[^\p{Cc}]{1,255}$/u.test(raw.trim())
    return fits ? raw.trim() : complain(`wants ${serviceName.wanted}, not ${shown(raw)}`)
  },
  write: (value) => value,
}

/** OpenTelemetry, "Environment Variable Specification": known values of OTEL_TRACES_SAMPLER. */
export const sampler: SettingType<Sampler> = choice(samplers)

export const ratio: SettingType<number> = {
  wanted: 'a number from 0 to 1, such as 0.1',
  read(raw, { complain }) {
    const written = typeof raw === 'number' || (typeof raw === 'string' && /^\d*\.?\d+$/.test(raw.trim()))
    const value = written ? Number(raw) : Number.NaN
    return value >= 0 && value <= 1 ? value : complain(`wants ${ratio.wanted}, not ${shown(raw)}`)
  },
  write: (value) => value,
}
