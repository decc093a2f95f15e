import { RegistryError } from '../../domain/error.ts'
import type { Permission, Target } from '../../domain/permission.ts'
import { describePrincipal, fromAnywhere, type Principal } from '../../domain/principal.ts'
import { quotaOf, type Usage } from '../../domain/quota.ts'
import { namespaceOf, type RepositoryName } from '../../domain/repository-name.ts'
import { formatTimestamp } from '../../domain/rfc3339.ts'
import type { Tag } from '../../domain/tag.ts'
import { type AccessParts, requireRight, wholeOf } from '../access/access-parts.ts'
import { becauseInWords } from '../access/because-in-words.ts'
import { unkept } from '../access/kept-answers.ts'
import { isUsable, knownKey } from '../access/known-key.ts'
import type { Because, Decision, Rights } from '../access/rights.ts'
import { accounts, robots } from '../access/tables.ts'
import { targetOf } from '../access/target-of.ts'
import { hasManifests } from '../catalog/manifest-rows.ts'
import { tags } from '../catalog/tables.ts'
import { findRepository } from '../content/repositories.ts'
import { usageOf } from '../content/usage.ts'
import type { Caller } from '../ledger/caller.ts'
import { type ImmutableTags, immutableBy } from '../policy/immutable-tags.ts'

export interface ExplainParts extends AccessParts {
  readonly immutable: ImmutableTags
}

export interface Question {
  readonly repository: RepositoryName
  readonly tag?: Tag
  /** `anonymous`, `user:ada`, `robot:acme/ci` or `key:<id>`; whoever asks where nothing is said. */
  readonly as?: string
}

export interface Explained {
  readonly repository: RepositoryName
  readonly as: string
  readonly permissions: readonly {
    readonly permission: Permission
    readonly allowed: boolean
    readonly because: Because
  }[]
  /** What came of it, in words. */
  readonly pull: string
  readonly push: string
  /** The rest as far as whoever asks may read it themselves. */
  readonly namespace?: { readonly owner: string; readonly visibility: string }
  readonly tag?: {
    readonly tag: Tag
    readonly digest?: string
    /** ms since 1970; also when it was deleted. */
    readonly movedAt?: number
    readonly immutableBy?: string
  }
  readonly quota?: { readonly used: Usage; readonly limit: Partial<Usage> }
}

const asked: readonly Permission[] = [
  'artifacts:read',
  'artifacts:create',
  'artifacts:update',
  'artifacts:delete',
  'artifacts:publish',
  'tags:move',
  'tags:delete',
]
const measures = ['bytes', 'repositories', 'manifests'] as const
const nothingThere: Decision = { allowed: false, because: { by: 'nothing' } }

/**
 * Which right, tag, pattern and quota decide what is answered. Everybody may ask for themselves, and is told no more than they
 * see: of what they may not read, the same as of what is not there.
 * @throws RegistryError `unauthenticated`, `denied`: for somebody else it takes `audit:read` in the namespace;
 * `parameter-invalid`
 */
export async function explain(
  parts: ExplainParts,
  caller: Caller,
  { repository, tag, as }: Question,
): Promise<Explained> {
  const namespace = namespaceOf(repository)
  const own = describePrincipal(caller.principal)
  const isSelf = as === undefined || as === own
  if (!isSelf)
    await requireRight(parts, caller, {
      permission: 'audit:read',
      target: wholeOf(namespace),
      what: `explaining what others may do in ${namespace}`,
    })
  const principal = isSelf ? caller.principal : await principalAs(parts, as)
  const shut = 'shut' in principal ? `refused (401): ${principal.shut}` : undefined
  const rights = await parts.book.current()
  const decide = (permission: Permission): Decision =>
    'shut' in principal
      ? nothingThere
      : decisionFor(rights, principal, { permission, target: targetOf(repository) })
  const facts = await factsFor(parts, caller, { rights, repository, tag })
  return {
    repository,
    as: isSelf ? own : as,
    permissions: asked.map((permission) => ({ permission, ...decide(permission) })),
    pull: shut ?? pullInWords(decide('artifacts:read'), principal, { tag, facts }),
    push: shut ?? pushInWords(decide, { tag, facts }),
    ...facts.shown,
  }
}

/** That a namespace is there from elsewhere is told to those alone who were let into it by name. */
function decisionFor(
  rights: Rights,
  principal: Principal,
  { permission, target }: { readonly permission: Permission; readonly target: Target },
): Decision {
  const decision = rights.decide(principal, permission, target)
  if (decision.because.by !== 'address') return decision
  const { because } = rights.decide(fromAnywhere(principal), permission, target)
  const isByName = because.by === 'grant' && because.to !== 'anyone' && because.to !== 'users'
  return isByName || because.by === 'owner' || because.by === 'membership' ? decision : nothingThere
}

interface Facts {
  /** Undefined where whoever asks may not know. */
  readonly isThere: boolean | undefined
  readonly live: boolean
  readonly full: string | undefined
  readonly shown: Pick<Explained, 'namespace' | 'tag' | 'quota'>
}

interface FactsOf {
  readonly rights: Rights
  readonly repository: RepositoryName
  readonly tag: Tag | undefined
}

/** All is read for everybody, and shown to who may read it: what is not shown costs the same. */
async function factsFor(
  { core, immutable }: ExplainParts,
  { principal }: Caller,
  { rights, repository, tag }: FactsOf,
): Promise<Facts> {
  const namespace = namespaceOf(repository)
  const [home, used] = await Promise.all([findRepository(core, repository), usageOf(core, namespace)])
  const row = tag === undefined ? undefined : await core.store.get(tags, [home?.id ?? '', tag])
  const hasAny = await hasManifests(core, home?.id ?? '')
  if (!rights.decide(principal, 'artifacts:read', targetOf(repository)).allowed)
    return { isThere: undefined, live: false, full: undefined, shown: {} }
  const rule = rights.ruleOf(namespace)
  const limit = quotaOf(core.quotas, namespace)
  const pattern = tag === undefined ? undefined : immutableBy(immutable, repository, tag)
  const full = measures.find((measure) => {
    const bound = limit[measure]
    return bound !== undefined && used[measure] >= bound && (measure !== 'repositories' || home === undefined)
  })
  return {
    isThere: home !== undefined && hasAny,
    live: row?.live === true,
    full,
    shown: {
      ...(rule !== undefined && { namespace: { owner: rule.owner, visibility: rule.visibility } }),
      ...(tag !== undefined && {
        tag: {
          tag,
          ...(row?.live && { digest: row.digest }),
          ...(row !== undefined && { movedAt: row.movedAt }),
          ...(pattern !== undefined && { immutableBy: pattern }),
        },
      }),
      ...(Object.keys(limit).length > 0 && {
        quota: {
          used: { bytes: used.bytes, repositories: used.repositories, manifests: used.manifests },
          limit,
        },
      }),
    },
  }
}

interface Seen {
  readonly tag: Tag | undefined
  readonly facts: Facts
}

function pullInWords(read: Decision, principal: Principal | Shut, { tag, facts }: Seen): string {
  if (!read.allowed)
    return 'kind' in principal && principal.kind === 'anonymous'
      ? `refused (401), since ${becauseInWords(read)}; logging in could help`
      : `not found (404), since ${becauseInWords(read)}, or it is not there`
  const lets = `allowed, since ${becauseInWords(read)}`
  if (facts.isThere === undefined) return lets
  if (!facts.isThere) return `not found (404): nothing was pushed by this name; to read it is ${lets}`
  if (tag === undefined || facts.live) return lets
  const moved = facts.shown.tag?.movedAt
  const why =
    moved === undefined ? 'there is no such tag' : `the tag was deleted at ${formatTimestamp(moved)}`
  return `not found (404): ${why}; to read it is ${lets}`
}

function pushInWords(decide: (permission: Permission) => Decision, { tag, facts }: Seen): string {
  // Whether it is new, whoever may not read it does not learn here.
  const wanted: readonly Permission[] =
    facts.isThere === undefined
      ? ['artifacts:create', 'artifacts:update']
      : [facts.isThere ? 'artifacts:update' : 'artifacts:create']
  const decisions = wanted.map(decide)
  const given = decisions.find(({ allowed }) => allowed)
  if (given === undefined)
    return `refused, since ${becauseInWords(decisions[0] ?? nothingThere)} (${wanted.join(' or ')})`
  const { full, live, shown } = facts
  if (full !== undefined) return `refused: the quota of the namespace leaves no more ${full}`
  if (tag !== undefined && live) {
    const pattern = shown.tag?.immutableBy
    if (pattern !== undefined) return `refused, unless it is what the tag has: ${pattern} makes it immutable`
    const moving = decide('tags:move')
    if (!moving.allowed)
      return `refused, unless it is what the tag has: ${becauseInWords(moving)} (tags:move)`
  }
  return `allowed, since ${becauseInWords(given)}`
}

/** Why nobody comes in as they do, whatever they were granted. */
interface Shut {
  readonly shut: string
}

/** @throws RegistryError `parameter-invalid` */
async function principalAs({ core }: AccessParts, as: string): Promise<Principal | Shut> {
  if (as === 'anonymous') return { kind: 'anonymous' }
  const [kind, name = ''] = as.split(/:(.*)/s)
  const [namespace = '', robot = '', ...more] = name.split('/')
  if (kind === 'user' && name !== '') {
    // Whoever stands in the configuration has no account.
    const isShut = (await core.store.get(accounts, [name]))?.state === 'disabled'
    return isShut ? { shut: `the user ${name} is disabled` } : { kind, name }
  }
  if (kind === 'robot' && robot !== '' && more.length === 0) {
    const row = await core.store.get(robots, [namespace, robot])
    if (row === undefined) return { shut: `there is no robot ${name}` }
    return row.disabled ? { shut: `the robot ${name} is disabled` } : { kind, namespace, name: robot }
  }
  if (kind === 'key' && name !== '') {
    const key = await knownKey(core, name, unkept)
    return key !== undefined && isUsable({ ...key, from: undefined }, core.clock.now(), undefined)
      ? key.principal
      : { shut: 'the key is none any more, or its time is over' }
  }
  throw new RegistryError('parameter-invalid', {
    parameter: 'as',
    reason: 'it is not anonymous, user:<name>, robot:<namespace>/<name> or key:<id>',
  })
}
