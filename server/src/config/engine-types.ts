import { type SettingType, shownPlace } from './setting-type.ts'

const maxAddress = 4096
const maxServers = 64

/** Of one of the schemes. What is wrong is never shown: a password may be in it. */
export function databaseAddress(schemes: readonly string[]): SettingType<string> {
  const wanted = `a URL such as ${schemes[0]}://user@host/name (${schemes.map((each) => `${each}:`).join(', ')})`
  return {
    wanted,
    read(raw, { complain }) {
      if (!isAddress(raw, schemes)) return complain(`wants ${wanted}`)
      const reason = whyUnreadable(raw.trim())
      return reason === undefined ? raw.trim() : complain(`wants ${wanted}: ${reason}`)
    },
    write: (value) => value,
  }
}

export function databaseAddresses(schemes: readonly string[]): SettingType<readonly string[]> {
  const one = databaseAddress(schemes)
  const wanted = `a list of URLs such as ${schemes[0]}://user@host/name; as text, with commas between`
  return {
    wanted,
    read(raw, reading) {
      const list = typeof raw === 'string' ? listIn(raw) : raw
      if (!Array.isArray(list) || list.length > maxServers) return reading.complain(`wants ${wanted}`)
      const read = list.map((each: unknown, index) =>
        one.read(each, { ...reading, complain: (message) => reading.complain(message, [index]) }),
      )
      return Object.freeze(read.filter((each) => each !== undefined))
    },
    write: (value) => value,
  }
}

/** A URL may have commas of its own: between two of them is one that a scheme comes after. */
function listIn(text: string): unknown {
  if (!text.trim().startsWith('[')) return text.split(/,(?=\s*[a-z+]+:\/\/)/)
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const redisUrl = databaseAddress(['redis', 'rediss'])

/** What stands behind a `?` would be passed over by the client. */
export const cacheAddress: SettingType<string> = {
  ...redisUrl,
  read(raw, reading) {
    const url = redisUrl.read(raw, reading)
    return url?.includes('?') ? reading.complain('wants a URL without a ?: Redis has no parameters') : url
  },
}

function isAddress(raw: unknown, schemes: readonly string[]): raw is string {
  if (typeof raw !== 'string' || raw.length > maxAddress) return false
  const text = raw.trim()
  const scheme = /^([a-z+]+):\/\/./.exec(text)?.[1]
  if (scheme === undefined || !schemes.includes(scheme)) return false
  // Several hosts, as a replica set has them, are no URL of the usual form.
  return scheme.startsWith('mongodb') || URL.canParse(text)
}

/** Why the engine's client could not read a URL of its scheme. Nothing of it is in the answer. */
function whyUnreadable(address: string): string | undefined {
  const [scheme = '', rest = ''] = address.split(/:\/\/(.*)/s)
  const who = rest.slice(0, Math.max(0, rest.split(/[/?#]/, 1)[0]?.lastIndexOf('@') ?? 0))
  if (!isEncoded(who))
    return 'a % in its user or password is not followed by the two digits of a byte: write it as %25'
  if (!isEncoded(rest)) return 'a % in it is not followed by the two digits of a byte: write it as %25'
  if (!scheme.startsWith('redis')) return undefined
  const path = URL.parse(address)?.pathname ?? ''
  return /^\/?$|^\/[0-9]{1,9}$/.test(path)
    ? undefined
    : 'after the host stands nothing, or the number of a database, such as /0'
}

function isEncoded(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}

/** AWS, "Bucket naming rules", and the capitals and underscores that other servers take. */
export const bucketName: SettingType<string> = {
  wanted: 'the name of a bucket, 3 to 63 letters, digits, dots and dashes, such as lading',
  read(raw, { complain }) {
    const fits = typeof raw === 'string' && /^[A-Za-z0-9][A-Za-z0-9._-]{1,61}[A-Za-z0-9]$/.test(raw.trim())
    return fits ? raw.trim() : complain(`wants ${bucketName.wanted}, not ${shownPlace(raw)}`)
  },
  write: (value) => value,
}

export const keyPrefix: SettingType<string> = {
  wanted: 'up to 512 letters, digits and any of /._-, not beginning with a slash, such as lading/',
  read(raw, { complain }) {
    const fits = typeof raw === 'string' && /^(?!\/)[A-Za-z0-9/._-]{0,512}$/.test(raw)
    return fits ? raw : complain(`wants ${keyPrefix.wanted}, not ${shownPlace(raw)}`)
  },
  write: (value) => value,
}

/** As search servers allow it. */
export const indexName: SettingType<string> = {
  wanted: 'up to 100 of a-z, digits, - and _, the first a letter, such as lading',
  read(raw, { complain }) {
    const fits = typeof raw === 'string' && /^[a-z][a-z0-9_-]{0,99}$/.test(raw)
    return fits ? raw : complain(`wants ${indexName.wanted}, not ${shownPlace(raw)}`)
  },
  write: (value) => value,
}

/** Not shown: it may be a secret. */
export const plainWord: SettingType<string> = {
  wanted: '1 to 2048 characters without a space',
  read(raw, { complain }) {
    const fits = typeof raw === 'string' && /^[^\s\p{Cc}]{1,2048}$/u.test(raw.trim())
    return fits ? raw.trim() : complain(`wants ${plainWord.wanted}`)
  },
  write: (value) => value,
}

export const cacheServers: SettingType<string> = {
  wanted: 'host:port, several with commas between, such as cache.example.com:11211',
  read(raw, { complain }) {
    const servers = typeof raw === 'string' ? raw.split(',').map((each) => each.trim()) : []
    const fits =
      servers.length > 0 &&
      servers.length <= maxServers &&
      servers.every((each) => /^[A-Za-z0-9._-]{1,253}:\d{1,5}$/.test(each))
    return fits ? servers.join(',') : complain(`wants ${cacheServers.wanted}, not ${shownPlace(raw)}`)
  },
  write: (value) => value,
}
