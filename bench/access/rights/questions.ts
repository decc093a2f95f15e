import { Chance } from '../../../server/src/core/seed/chance.ts'
import type { Grant, KeyScope } from '../../../server/src/domain/grant.ts'
import type { Permission } from '../../../server/src/domain/permission.ts'
import type { MadeFacts } from './made-facts.ts'

/** May somebody do this to an image? */
export interface Question {
  readonly who:
    | { readonly kind: 'anonymous' }
    | { readonly kind: 'user'; readonly name: string }
    | { readonly kind: 'robot'; readonly namespace: string; readonly name: string }
  /** What the key that they come with is good for; undefined: for all that they may. */
  readonly scope?: KeyScope
  readonly permission: Permission
  readonly namespace: string
  readonly name: string
}

/** As requests ask: half of them for reading. */
const asked: [Permission, ...Permission[]] = [
  ...(['artifacts:read', 'artifacts:read', 'artifacts:read', 'artifacts:read'] as const),
  ...([
    'artifacts:create',
    'artifacts:update',
    'tags:move',
    'artifacts:publish',
    'artifacts:delete',
  ] as const),
]
const names = 50

/**
 * So many, most by users of several teams, some by robots, and some by nobody in particular. Half of those of users are about
 * what a grant of one of their teams is for; the others are about any namespace, as of those who try.
 */
export function questionsAbout(facts: MadeFacts, count: number): readonly Question[] {
  const chance = new Chance('questions', count)
  const granted = Map.groupBy(facts.grants, ({ to }) => to)
  const teams = Map.groupBy(facts.teamMembers, ({ user }) => user)
  const drawn = <T>(list: readonly T[]): T | undefined => list[chance.int(list.length)]
  return Array.from({ length: count }, (): Question => {
    const draw = chance.share()
    const about = {
      permission: chance.pick(asked),
      namespace: drawn(facts.organisations)?.name ?? '',
      name: `app-${chance.int(names)}`,
    }
    if (draw < 0.05) return { who: { kind: 'anonymous' }, ...about }
    if (draw < 0.1) return { who: { kind: 'robot', namespace: about.namespace, name: 'ci' }, ...about }
    const name = drawn(facts.users) ?? ''
    const team = drawn(teams.get(name) ?? [])
    const grant = drawn(granted.get(`team:${team?.organisation}/${team?.team}`) ?? [])
    const question: Question = {
      who: { kind: 'user', name },
      ...about,
      ...(grant !== undefined && chance.isTrue(0.5) && within(grant, about.namespace)),
    }
    return chance.isTrue(0.2) ? { ...question, scope: drawnScope(chance, question) } : question
  })
}

/** Something that the grant is for. */
function within({ namespace, name }: Grant, other: string): Pick<Question, 'namespace' | 'name'> {
  return { namespace: namespace === '*' ? other : namespace, name: name.replaceAll('*', '1') }
}

function drawnScope(chance: Chance, { namespace }: Question): KeyScope {
  return {
    permissions: ['artifacts:read', 'artifacts:update'],
    namespace: chance.isTrue(0.3) ? '*' : namespace,
    kind: '*',
    name: chance.isTrue(0.5) ? '*' : 'app-1*',
  }
}
