import { checkPasswordHash } from '../domain/password-hash.ts'
import { parseNamespace } from '../domain/repository-name.ts'
import type { Audience, NamespaceRules, User } from './config.ts'
import { namingNearest } from './nearest.ts'
import { type Reading, type SettingType, shown, type ValuePath } from './setting-type.ts'

/** No colon, which ends the name in HTTP Basic authentication (RFC 7617, section 2). */
const userName = /^[A-Za-z0-9][A-Za-z0-9._@+-]{0,127}$/
const tagPattern = /^!?[A-Za-z0-9_.*-]{1,128}$/

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
  if (typeof name !== 'string' || !userName.test(name) || name === 'anyone') {
    return reading.complain(
      `wants a name of A-Z a-z 0-9 . _ @ + - other than "anyone", such as alice, not ${shown(name)}`,
      ['name'],
    )
  }
  const reason = typeof hash === 'string' ? checkPasswordHash(hash) : 'it is missing or no text'
  if (reason !== undefined || typeof hash !== 'string') {
    return reading.complain(`wants for ${name} a passwordHash made by \`lading passwd ${name}\`: ${reason}`, [
      'passwordHash',
    ])
  }
  return Object.freeze({ name, passwordHash: hash })
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

export const namespaceRules: SettingType<{ readonly [namespace: string]: NamespaceRules }> = {
  wanted: 'rules by namespace or *, such as { "*": { immutableTags: ["v*", "!*-rc*"] } }',
  structured: true,
  read(raw, { base, complain }) {
    if (!isRecord(raw)) return complain(`wants ${namespaceRules.wanted}, not ${shown(raw)}`)
    const read: Record<string, NamespaceRules> = Object.create(null)
    for (const [name, entry] of Object.entries(raw)) {
      const within = partOf({ base, complain }, [name])
      const reason = name === '*' ? undefined : whyNotNamespace(name)
      if (reason !== undefined) {
        within.complain(`wants a namespace or *, not ${shown(name)}: ${reason}`)
        continue
      }
      const fields = readFields(entry, ['immutableTags'], within)
      if (fields !== undefined) read[name] = readRules(fields['immutableTags'] ?? [], within)
    }
    return Object.freeze(read)
  },
  write: (value) => value,
}

function readRules(raw: unknown, { complain }: Reading): NamespaceRules {
  const wanted = 'a list of tag patterns, such as ["v*", "!*-rc*"]'
  if (!Array.isArray(raw)) {
    complain(`wants ${wanted}, not ${shown(raw)}`, ['immutableTags'])
    return { immutableTags: [] }
  }
  for (const [index, pattern] of raw.entries()) {
    if (typeof pattern !== 'string' || !tagPattern.test(pattern)) {
      complain(`wants a pattern of A-Z a-z 0-9 . _ - and *, such as v*, not ${shown(pattern)}`, [
        'immutableTags',
        index,
      ])
    }
  }
  return Object.freeze({ immutableTags: Object.freeze([...raw]) })
}

function whyNotNamespace(text: string): string | undefined {
  try {
    parseNamespace(text)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function readFields(
  raw: unknown,
  known: readonly string[],
  { complain }: Reading,
): Readonly<Record<string, unknown>> | undefined {
  if (!isRecord(raw)) return complain(`wants { ${known.join(', ')} }`)
  for (const field of Object.keys(raw)) {
    if (!known.includes(field)) complain(`has no ${shown(field)}${namingNearest(field, known)}`, [field])
  }
  return raw
}

function isRecord(raw: unknown): raw is Readonly<Record<string, unknown>> {
  return typeof raw === 'object' && raw !== null && !Array.isArray(raw)
}

function partOf({ base, complain }: Reading, path: ValuePath): Reading {
  return { base, complain: (message, inner = []) => complain(message, [...path, ...inner]) }
}
