import type { Quota } from '../../domain/quota.ts'
import type { UserKind } from '../../kinds/user-kind.ts'
import type { Clock } from '../../ports/clock/clock.ts'
import type { AccessOptions, BackendOptions } from '../backend-options.ts'
import { limitsWith } from '../backend-options.ts'
import { entriesOf, flagIn, functionIn, invalid, looking, membersOf, plainIn, textIn } from './given.ts'
import { cacheIn, clockIn, randomIn } from './part-in.ts'

/** Users that one setting names. */
const mostUsers = 10_000
/** Kinds that one backend may have beside those that Lading knows. */
const mostKinds = 1_000
/** Characters of one text of a kind. */
const longestText = 1_000

const names = [
  'access',
  'limits',
  'kinds',
  'quotas',
  'jobs',
  'cache',
  'report',
  'clock',
  'random',
  'wrap',
] as const

/** Of a clock that knows all that is asked of one. */
export type CheckedOptions = Omit<BackendOptions, 'clock'> & { readonly clock?: Clock }

/**
 * What every backend can be told, whatever becomes of what was given.
 * @param own names of what one backend alone is told, and looks at itself
 * @throws ValidationError
 */
export function readOptions(given: unknown, own: readonly string[]): CheckedOptions {
  const { access, limits, kinds, quotas, jobs, cache, report, clock, random, wrap } = membersOf(
    given,
    { field: '', as: 'options', passed: own },
    names,
  )
  return {
    ...(access !== undefined && { access: accessIn(access) }),
    ...(limits !== undefined && { limits: limitsWith(limits) }),
    ...(kinds !== undefined && { kinds: kindsIn(kinds) }),
    ...(quotas !== undefined && { quotas: quotasIn(quotas) }),
    ...(jobs !== undefined && { jobs: flagIn(jobs, 'jobs') }),
    ...(cache !== undefined && { cache: cacheIn(cache) }),
    ...(clock !== undefined && { clock: clockIn(clock) }),
    ...(random !== undefined && { random: randomIn(random) }),
    ...(report !== undefined && { report: functionIn(report, 'report') }),
    ...(wrap !== undefined && { wrap: wrapIn(wrap) }),
  }
}

function kindsIn(given: unknown): readonly UserKind[] {
  const kinds = entriesOf(given, 'kinds', mostKinds, 'kinds of one backend').map(kindIn)
  for (const [at, { name }] of kinds.entries())
    if (kinds.findIndex((other) => other.name === name) < at)
      throw invalid(`kinds[${at}].name`, `it names the kind ${name} a second time`)
  return kinds
}

function accessIn(given: unknown): AccessOptions {
  const { read, write } = membersOf(given, { field: 'access', as: 'access' }, ['read', 'write'])
  return {
    ...(read !== undefined && { read: allowedIn(read, 'access.read') }),
    ...(write !== undefined && { write: allowedIn(write, 'access.write') }),
  }
}

function allowedIn(given: unknown, field: string): 'anyone' | readonly string[] {
  if (given === 'anyone') return given
  return entriesOf(given, field, mostUsers, 'users of one setting').map((user, at) =>
    textIn(user, `${field}[${at}]`, longestText),
  )
}

/** Whether the schema can be used, and the name, is said where they are. */
function kindIn(given: unknown, at: number): UserKind {
  const field = `kinds[${at}]`
  const { name, about, schema, extension, needs } = membersOf(given, { field, as: field }, [
    'name',
    'about',
    'schema',
    'extension',
    'needs',
  ])
  return {
    name: textIn(name, `${field}.name`, longestText),
    about: textIn(about, `${field}.about`, longestText),
    schema: looking(`${field}.schema`, () => structuredClone(schema)),
    ...(extension !== undefined && { extension: textIn(extension, `${field}.extension`, longestText) }),
    ...(needs !== undefined && {
      needs: mapIn(needs, `${field}.needs`, (relation, place) => textIn(relation, place, longestText)),
    }),
  }
}

function quotasIn(given: unknown): Readonly<Record<string, Quota>> {
  return mapIn(given, 'quotas', (quota, field) => {
    const bounds = membersOf(quota, { field, as: field }, ['bytes', 'repositories', 'manifests'])
    for (const [name, bound] of Object.entries(bounds))
      if (!Number.isSafeInteger(bound) || Number(bound) < 0)
        throw invalid(`${field}.${name}`, 'it is no whole number from 0')
    return bounds as Quota
  })
}

function wrapIn(given: unknown): NonNullable<BackendOptions['wrap']> {
  const { store, blobs } = membersOf(given, { field: 'wrap', as: 'wrap' }, ['store', 'blobs'])
  return {
    ...(store !== undefined && { store: functionIn(store, 'wrap.store') }),
    ...(blobs !== undefined && { blobs: functionIn(blobs, 'wrap.blobs') }),
  }
}

/** A plain object whose members are all of one sort, by names of the caller's. */
function mapIn<T>(
  given: unknown,
  field: string,
  read: (member: unknown, field: string) => T,
): Readonly<Record<string, T>> {
  const keys = looking(field, () => Object.keys(plainIn(given, field)))
  const members = membersOf(given, { field, as: field }, keys)
  return Object.fromEntries(
    Object.entries(members).map(([name, member]): [string, T] => [name, read(member, `${field}.${name}`)]),
  )
}
