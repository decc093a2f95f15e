import { createHash } from 'node:crypto'
import { newApiKey, shownApiKey } from '../../domain/api-key.ts'
import { type Claims, claimAt, describeClaimFailure, failedClaim, textsOf } from '../../domain/claims.ts'
import { RegistryError } from '../../domain/error.ts'
import type { KeyScope } from '../../domain/grant.ts'
import { isPermission } from '../../domain/permission.ts'
import { timeOrderedId } from '../../domain/time-ordered-id.ts'
import type { OutsideTokenAnswer, OutsideTokens } from '../../ports/identity/outside-tokens.ts'
import { check, insert } from '../../ports/store/change.ts'
import type { Caller } from '../ledger/caller.ts'
import { type AccessParts, toldOf } from './access-parts.ts'
import { longestText } from './check-account.ts'
import { hashOfKey } from './keys.ts'
import type { WorkloadRule } from './outside-rules.ts'
import { usedProofs } from './outside-tables.ts'
import { keys, robots } from './tables.ts'

export interface WorkloadParts extends AccessParts {
  readonly outside: OutsideTokens
  readonly rules: readonly WorkloadRule[]
}

export interface WorkloadKey {
  readonly key: string
  readonly id: string
  readonly rule: string
  readonly robot: string
  /** ms */
  readonly expiresIn: number
}

interface Failed {
  readonly rule: string
  readonly reason: string
}

/** What is told of each claim, and of how many. */
const longestShown = 200
const mostShown = 50
/** The last moment that there is, ms since 1970 (ECMA-262, "Time Values and Time Range"). */
const lastMoment = 8_640_000_000_000_000

/**
 * Tokens by which a machine of somebody else shows who it is (of a CI, of Kubernetes), each for a key of a robot that is good for
 * a while, by the first rule that takes it.
 */
export class Workloads {
  readonly #parts: WorkloadParts

  constructor(parts: WorkloadParts) {
    this.#parts = parts
  }

  /**
   * `wanted`: by this rule alone; else by the first that takes the token. What a rule wants is told only to those who have a token
   * of its issuer for this registry.
   * @throws RegistryError `workload-refused`, `unavailable`
   */
  async exchange(caller: Caller, token: string, wanted?: string): Promise<WorkloadKey> {
    const { core, outside, rules } = this.#parts
    const said = outside.read(token)
    if (said === undefined) throw refused('it is no JSON Web Token', {}, [])
    const asked = rules.filter(
      ({ name, issuer }) => issuer === said['iss'] && (wanted === undefined || name === wanted),
    )
    if (asked.length === 0)
      throw refused(`no rule${wanted === undefined ? '' : ` ${wanted}`} trusts its issuer`, said, [])
    const answers = new Map<string, OutsideTokenAnswer>()
    const failed: Failed[] = []
    for (const rule of asked) {
      const { issuer, audience } = rule
      const answer =
        answers.get(audience) ?? (await outside.verify(token, { issuer, audience, now: core.clock.now() }))
      answers.set(audience, answer)
      // A rule for another audience is not what its sender has come for.
      if (!answer.ok) continue
      const reason = whyNot(rule, answer.claims)
      if (reason === undefined) return await this.#give(caller, rule, { token, claims: answer.claims })
      failed.push({ rule: rule.name, reason })
    }
    const all = [...answers.values()]
    if (all.some((answer) => answer.ok)) throw refused('no rule takes this token', said, failed)
    const [why = ''] = all.flatMap((answer) => (answer.ok ? [] : [answer.why]))
    if (all.every((answer) => !answer.ok && answer.unavailable === true)) {
      core.telemetry.warn('the keys of an issuer could not be had', {
        issuer: String(said['iss']),
        reason: why,
      })
      throw new RegistryError('unavailable', {
        reason: 'the keys of the issuer of the token cannot be had',
        retryAfterMs: 5_000,
        isTold: true,
      })
    }
    // Which of its rules are there is nothing to tell to whoever writes down the name of an issuer.
    throw refused(`the token is not good: ${why}`, said, [])
  }

  async #give(
    { requestId, address, signal }: Caller,
    rule: WorkloadRule,
    { token, claims }: { readonly token: string; readonly claims: Claims },
  ): Promise<WorkloadKey> {
    const { core } = this.#parts
    const principal = { kind: 'system', name: `workload/${rule.name}` } as const
    const by = { principal, requestId, signal, ...(address !== undefined && { address }) }
    const robotKey = rule.robot.split('/')
    const key = newApiKey((length) => core.random.bytes(length))
    return await core.ledger.change(by, async () => {
      const robot = await core.store.get(robots, robotKey)
      if (robot === undefined || robot.disabled)
        throw refused('no rule takes this token', claims, [
          { rule: rule.name, reason: `there is no robot ${rule.robot}, or it is disabled` },
        ])
      const now = core.clock.now()
      const expiresAt = now + rule.lifetime
      const id = timeOrderedId(now, core.random.uuid())
      const proof = createHash('sha256')
        .update(rule.reuse ? `key ${id}` : proofOf(token, claims))
        .digest('hex')
      if ((await core.store.get(usedProofs, [proof])) !== undefined)
        throw refused('the token was used already; each is good once', claims, [])
      const row = {
        ...{ id, hash: hashOfKey(key), owner: `robot:${rule.robot}`, label: labelOf(rule, claims) },
        ...{ shown: shownApiKey(key), scopes: scopesOf(rule), from: '', createdAt: now, expiresAt },
        ...{ lastUsedAt: 0, lastUsedFrom: '', epoch: 0 },
      }
      const until = Math.max(expiresAt, rule.reuse ? 0 : rememberUntil(claims))
      return {
        value: { key, id, rule: rule.name, robot: rule.robot, expiresIn: rule.lifetime },
        changes: [
          insert(usedProofs, { hash: proof, expiresAt: until, key: id }),
          insert(keys, row),
          check(robots, robotKey, robot.rev),
        ],
        ...toldOf('key.create', row.owner, { before: subjectOf(claims), after: id }),
      }
    })
  }
}

function whyNot({ require }: WorkloadRule, claims: Claims): string | undefined {
  const failure = failedClaim(claims, require)
  return failure && describeClaimFailure(failure)
}

function scopesOf({ permissions }: WorkloadRule): string {
  if (permissions === undefined) return ''
  const scope: KeyScope = {
    permissions: permissions.filter(isPermission),
    namespace: '*',
    kind: '*',
    name: '*',
  }
  return JSON.stringify([scope])
}

/** By its own name where it has one (RFC 7519, 4.1.7): the same token can be written in several ways. */
function proofOf(token: string, claims: Claims): string {
  const [issuer, id] = [claimAt(claims, 'iss'), claimAt(claims, 'jti')]
  if (typeof id === 'string' && id !== '') return `jti ${JSON.stringify([issuer, id])}`
  return `token ${token.split('.').slice(0, 2).join('.')}`
}

/** Past its end it is refused for that; a moment more, since clocks differ. */
function rememberUntil(claims: Claims): number {
  const end = claimAt(claims, 'exp')
  return typeof end === 'number' ? Math.min(Math.ceil(end * 1000) + 60_000, lastMoment) : lastMoment
}

const subjectOf = (claims: Claims): string =>
  (textsOf(claimAt(claims, 'sub'))[0] ?? '').slice(0, longestShown)

/** A line for people, of text that somebody else has written. */
function labelOf({ name }: WorkloadRule, claims: Claims): string {
  const subject = subjectOf(claims)
    .toWellFormed()
    .replace(/\p{Cc}/gu, ' ')
  return `${name}: ${subject}`.slice(0, longestText).toWellFormed()
}

/** What the token says comes back to whoever has sent it, cut short. */
function refused(reason: string, said: Claims, rules: readonly Failed[]): RegistryError<'workload-refused'> {
  const claims = Object.fromEntries(
    Object.entries(said)
      .slice(0, mostShown)
      .map(([name, value]) => [name.slice(0, longestShown), shortened(value)]),
  )
  return new RegistryError('workload-refused', { reason, claims, rules })
}

function shortened(value: unknown): unknown {
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return value
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  if (text.length > longestShown) return `${text.slice(0, longestShown)}…`
  return value
}
