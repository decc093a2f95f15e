import type { Grant, GrantScope } from '../../../server/src/domain/grant.ts'
import type { Permission } from '../../../server/src/domain/permission.ts'
import { builtInRoles, type Membership, membershipPermissions } from '../../../server/src/domain/role.ts'
import type { MadeFacts } from './made-facts.ts'
import type { Question } from './questions.ts'

/**
 * What the rules say, by going through all facts for each question and without anything that is kept: what a registry answers
 * is held against it.
 */
export class ExpectedAnswers {
  readonly #facts: MadeFacts
  readonly #teams = new Map<string, Set<string>>()
  readonly #members: ReadonlyMap<string, Membership>
  readonly #owned: ReadonlyMap<string, MadeFacts['organisations'][number]>

  constructor(facts: MadeFacts) {
    this.#facts = facts
    this.#owned = new Map(facts.organisations.map((one) => [one.name, one]))
    this.#members = new Map(
      facts.members.map(({ organisation, user, membership }) => [`${organisation} ${user}`, membership]),
    )
    for (const { organisation, team, user } of facts.teamMembers) {
      const own = this.#teams.get(user) ?? new Set<string>()
      this.#teams.set(user, own.add(`team:${organisation}/${team}`))
    }
  }

  of(question: Question): boolean {
    if (!this.#mayWhole(question)) return false
    const { scope } = question
    if (scope === undefined || this.#mayWhole({ ...question, who: { kind: 'anonymous' } })) return true
    return scope.permissions.includes(question.permission) && isWithin(scope, question)
  }

  #mayWhole(question: Question): boolean {
    const { who, permission, namespace } = question
    const rule = this.#owned.get(namespace)
    const isUser = who.kind === 'user'
    const membership = isUser ? this.#members.get(`${namespace} ${who.name}`) : undefined
    if (membership !== undefined && membershipPermissions[membership].has(permission)) return true
    const isGranted = this.#facts.grants.some((grant) => {
      const isByName = grant.to !== 'anyone' && grant.to !== 'users'
      // What is somebody's is let others into by grants for it, or by name.
      if (grant.namespace === '*' && rule !== undefined && !isByName) return false
      return this.#isTo(grant, who) && isWithin(grant, question) && this.#holds(grant, permission)
    })
    if (isGranted || rule === undefined) return isGranted
    const isOpen = rule.visibility === 'public' || (rule.visibility === 'internal' && isUser)
    return permission === 'artifacts:read' && isOpen
  }

  #isTo({ to }: Grant, who: Question['who']): boolean {
    switch (who.kind) {
      case 'anonymous':
        return to === 'anyone'
      case 'robot':
        return to === 'anyone' || to === `robot:${who.namespace}/${who.name}`
      case 'user':
        return (
          to === 'anyone' ||
          to === 'users' ||
          to === `user:${who.name}` ||
          this.#teams.get(who.name)?.has(to) === true
        )
    }
  }

  #holds({ role }: Grant, permission: Permission): boolean {
    const own = this.#facts.role
    return role === own.name
      ? own.permissions.includes(permission)
      : builtInRoles[role]?.has(permission) === true
  }
}

function isWithin(scope: GrantScope, { namespace, name }: Pick<Question, 'namespace' | 'name'>): boolean {
  const isHere = scope.namespace === '*' || scope.namespace === namespace
  return isHere && globOf(scope.kind).test('image') && globOf(scope.name).test(name)
}

const globs = new Map<string, RegExp>()

/** By another way than the registry does it. */
function globOf(glob: string): RegExp {
  const known = globs.get(glob)
  if (known !== undefined) return known
  const made = new RegExp(
    `^${glob.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll('*', '.*')}$`,
    's',
  )
  globs.set(glob, made)
  return made
}
