import type { Quota } from '../domain/quota.ts'
import { parseNamespace } from '../domain/repository-name.ts'
import type { Retention, RetentionRule } from '../domain/retention.ts'
import type { NamespaceRules } from './config.ts'
import { addressRanges } from './gate-types.ts'
import { isRecord, partOf, readFields } from './read-fields.ts'
import { byteSize, count, duration } from './scalar-types.ts'
import { type Reading, type SettingType, shown } from './setting-type.ts'

interface PatternType {
  readonly allowed: RegExp
  readonly characters: string
  readonly example: string
}

const ofTags: PatternType = {
  allowed: /^!?[A-Za-z0-9_.*-]{1,128}$/,
  characters: 'A-Z a-z 0-9 . _ - and *',
  example: 'v*',
}
const ofRepositories: PatternType = {
  allowed: /^!?[a-z0-9_./*-]{1,255}$/,
  characters: 'a-z 0-9 . _ - / and *',
  example: 'acme/*',
}
const rulesPerNamespace = 100

const bytes = byteSize({ min: 0, max: 2 ** 50 })
const number = count({ min: 0, max: 1_000_000_000 })
const time = duration({ min: 0, max: 20 * 365 * 86_400_000 })

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
      const fields = readFields(entry, ['immutableTags', 'quota', 'retention', 'addresses'], within)
      if (fields !== undefined) read[name] = readRules(fields, within)
    }
    return Object.freeze(read)
  },
  write: (rules) =>
    Object.fromEntries(
      Object.entries(rules).map(([name, { immutableTags, quota, retention, addresses }]) => [
        name,
        {
          immutableTags,
          ...(Object.keys(quota).length > 0 && { quota: writeQuota(quota) }),
          ...((retention.tags.length > 0 || retention.untagged !== undefined) && {
            retention: writeRetention(retention),
          }),
          ...(addresses !== undefined && { addresses }),
        },
      ]),
    ),
}

function readRules(fields: Readonly<Record<string, unknown>>, reading: Reading): NamespaceRules {
  return Object.freeze({
    immutableTags: readPatterns(fields['immutableTags'] ?? [], ofTags, partOf(reading, ['immutableTags'])),
    quota: readQuota(fields['quota'] ?? {}, partOf(reading, ['quota'])),
    retention: readRetention(fields['retention'] ?? {}, partOf(reading, ['retention'])),
    ...readAddresses(fields['addresses'], partOf(reading, ['addresses'])),
  })
}

function readAddresses(raw: unknown, reading: Reading): Pick<NamespaceRules, 'addresses'> {
  const addresses = raw === undefined ? undefined : addressRanges.read(raw, reading)
  // An empty list would shut everybody out, which nobody writes down on purpose.
  if (addresses?.length === 0) reading.complain('names no address; leave it out to let all in')
  return addresses === undefined ? {} : { addresses }
}

function readQuota(raw: unknown, reading: Reading): Quota {
  const fields = readFields(raw, ['bytes', 'repositories', 'manifests'], reading) ?? {}
  return Object.freeze({
    ...readPart(fields, 'bytes', bytes, reading),
    ...readPart(fields, 'repositories', number, reading),
    ...readPart(fields, 'manifests', number, reading),
  })
}

function readRetention(raw: unknown, reading: Reading): Retention {
  const fields = readFields(raw, ['tags', 'untagged'], reading) ?? {}
  return Object.freeze({
    tags: readRetentionRules(fields['tags'] ?? [], partOf(reading, ['tags'])),
    ...readPart(fields, 'untagged', time, reading),
  })
}

function readRetentionRules(raw: unknown, reading: Reading): readonly RetentionRule[] {
  if (!Array.isArray(raw) || raw.length > rulesPerNamespace) {
    reading.complain(
      `wants a list of at most ${rulesPerNamespace} rules, such as [{ tags: ["*-rc*"], keepNewest: 10 }]`,
    )
    return []
  }
  return Object.freeze(
    raw.flatMap((entry, index) => {
      const within = partOf(reading, [index])
      const known = ['repositories', 'tags', 'keepNewest', 'keepPulledWithin', 'keepPushedWithin']
      const fields = readFields(entry, known, within)
      if (fields === undefined) return []
      return [
        Object.freeze({
          repositories: readSubject(fields['repositories'], ofRepositories, partOf(within, ['repositories'])),
          tags: readSubject(fields['tags'], ofTags, partOf(within, ['tags'])),
          ...readPart(fields, 'keepNewest', number, within),
          ...readPart(fields, 'keepPulledWithin', time, within),
          ...readPart(fields, 'keepPushedWithin', time, within),
        }),
      ]
    }),
  )
}

/** One field of a record, left out where it is not given or not right. */
function readPart<N extends string>(
  fields: Readonly<Record<string, unknown>>,
  name: N,
  type: SettingType<number>,
  reading: Reading,
): { readonly [K in N]?: number } {
  if (fields[name] === undefined) return {}
  const value = type.read(fields[name], partOf(reading, [name]))
  return (value === undefined ? {} : { [name]: value }) as { readonly [K in N]?: number }
}

/** What a rule speaks of: everything where it does not say. One that speaks of nothing was meant otherwise. */
function readSubject(raw: unknown, type: PatternType, reading: Reading): readonly string[] {
  const patterns = readPatterns(raw ?? ['*'], type, reading)
  if (Array.isArray(raw) && raw.every((pattern) => String(pattern).startsWith('!'))) {
    reading.complain(
      'speaks of nothing: patterns with ! only take out again, so put one before them, such as *',
    )
  }
  return patterns
}

function readPatterns(
  raw: unknown,
  { allowed, characters, example }: PatternType,
  { complain }: Reading,
): readonly string[] {
  if (!Array.isArray(raw)) {
    complain(`wants a list of patterns, such as [${JSON.stringify(example)}], not ${shown(raw)}`)
    return []
  }
  for (const [index, pattern] of raw.entries()) {
    if (typeof pattern !== 'string' || !allowed.test(pattern)) {
      complain(`wants a pattern of ${characters}, such as ${example}, not ${shown(pattern)}`, [index])
    }
  }
  return Object.freeze([...raw])
}

function writeQuota({ bytes: size, ...counts }: Quota): unknown {
  return { ...(size !== undefined && { bytes: bytes.write(size) }), ...counts }
}

function writeRetention({ tags, untagged }: Retention): unknown {
  return {
    tags: tags.map(({ keepPulledWithin, keepPushedWithin, ...rule }) => ({
      ...rule,
      ...(keepPulledWithin !== undefined && { keepPulledWithin: time.write(keepPulledWithin) }),
      ...(keepPushedWithin !== undefined && { keepPushedWithin: time.write(keepPushedWithin) }),
    })),
    ...(untagged !== undefined && { untagged: time.write(untagged) }),
  }
}

function whyNotNamespace(text: string): string | undefined {
  try {
    parseNamespace(text)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
