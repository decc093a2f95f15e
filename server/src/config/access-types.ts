import { checkPasswordHash } from '../domain/password-hash.ts'
import { isRepositorySegment } from '../domain/repository-name.ts'
import { isReservedName } from '../domain/reserved-names.ts'
import type { Audience, User } from './config.ts'
import { partOf, readFields } from './read-fields.ts'
import { type Reading, type SettingType, shown } from './setting-type.ts'

/** No colon, which ends the name in HTTP Basic authentication (RFC 7617, section 2). */
const userName = /^[A-Za-z0-9][A-Za-z0-9._@+-]{0,127}$/

/** Whether a user can be called so. `anyone` has a meaning of its own. */
function isUserName(name: unknown): name is string {
  return typeof name === 'string' && userName.test(name) && name !== 'anyone'
}

const wantedName = 'a name of A-Z a-z 0-9 . _ @ + - other than "anyone", such as alice'

export const users: SettingType<readonly User[]> = {
  wanted: 'a list of users, each { name, passwordHash }, as `lading passwd` prints them',
  structured: true,
  read(raw, { base, complain }) {
    // Nothing of it is shown: it may hold a password, put there in error.
    if (!Array.isArray(raw)) return complain(`wants ${users.wanted}`)
    const read: User[] = []
    const seen = new Set<string>()
    for (const [index, entry] of raw.entries()) {
      const within = partOf({ base, complain }, [index])
      const user = readUser(entry, within)
      if (user === undefined) continue
      if (seen.has(user.name)) within.complain(`names the user ${user.name} a second time`, ['name'])
      seen.add(user.name)
      read.push(user)
    }
    return Object.freeze(read)
  },
  write: (value) => value,
}

function readUser(raw: unknown, reading: Reading): User | undefined {
  const fields = readFields(raw, ['name', 'passwordHash'], reading)
  if (fields === undefined) return undefined
  const { name, passwordHash: hash } = fields
  if (!isUserName(name)) return reading.complain(`wants ${wantedName}, not ${shown(name)}`, ['name'])
  const reason = typeof hash === 'string' ? checkPasswordHash(hash) : 'it is missing or no text'
  if (reason !== undefined || typeof hash !== 'string') {
    return reading.complain(`wants for ${name} a passwordHash made by \`lading passwd ${name}\`: ${reason}`, [
      'passwordHash',
    ])
  }
  return Object.freeze({ name, passwordHash: hash })
}

/** As of the names that accounts get later. */
const longestAccountName = 64

export const administrator: SettingType<User> = {
  wanted: '{ name, passwordHash }, as `lading passwd root --json` prints it',
  structured: true,
  read(raw, reading) {
    const user = readUser(raw, reading)
    if (user === undefined) return undefined
    const { name } = user
    const fits = name.length <= longestAccountName && isRepositorySegment(name) && !isReservedName(name)
    if (fits && name !== 'library') return user
    return reading.complain(
      `wants a name for an account: a-z and 0-9, joined by one of . _ or -, and no name of a kind or a protocol, not ${shown(name)}`,
      ['name'],
    )
  },
  write: (value) => value,
}

export const audience: SettingType<Audience> = {
  wanted: '"anyone" or a list of names from users, such as [alice, bob]',
  read(raw, { complain }) {
    if (raw === 'anyone') return 'anyone'
    const names = typeof raw === 'string' ? raw.split(',').map((name) => name.trim()) : raw
    if (!Array.isArray(names)) return complain(`wants ${audience.wanted}, not ${shown(raw)}`)
    const read: string[] = []
    for (const [index, name] of names.entries()) {
      if (name === 'anyone') complain('wants "anyone" alone, or a list of names without it', [index])
      else if (typeof name === 'string' && userName.test(name)) read.push(name)
      else complain(`wants the name of a user, such as alice, not ${shown(name)}`, [index])
    }
    return Object.freeze([...new Set(read)])
  },
  write: (value) => value,
}
