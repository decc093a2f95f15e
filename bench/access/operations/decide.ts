import type { Composed } from '../../../server/src/boot/compose.ts'
import { isRegistryError } from '../../../server/src/domain/error.ts'
import type { Permission } from '../../../server/src/domain/permission.ts'
import type { Principal } from '../../../server/src/domain/principal.ts'
import { parseRepositoryName, type RepositoryName } from '../../../server/src/domain/repository-name.ts'
import { Timings } from '../../library/operations/timings.ts'
import { WrongAnswer } from '../../session/row.ts'
import { ExpectedAnswers } from '../rights/expected-answer.ts'
import { madeFacts } from '../rights/made-facts.ts'
import { type Question, questionsAbout } from '../rights/questions.ts'
import type { Task } from '../task.ts'
import { newcomer } from './fill-rights.ts'
import { openRegistry } from './open-registry.ts'

interface Asked {
  readonly principal: Principal
  readonly permission: Permission
  readonly repository: RepositoryName
  readonly expected: boolean
}

type Deciding = Composed['registry']['access']

const asked = 4_096
const address = '192.0.2.1'
const microsPerMs = 1_000
/** How often a grant is given, and taken again. */
const changes = 5
const operator = {
  principal: { kind: 'system', name: 'bench' },
  requestId: 'bench',
  signal: new AbortController().signal,
} as const

/** What each request asks, before anything is done for it; and the first of them after somebody's rights have changed. */
export async function measureDecide({
  folder,
  sizes,
  seconds,
}: Extract<Task, { do: 'decide' }>): Promise<Readonly<Record<string, number>>> {
  await using opened = await openRegistry(folder, true, { read: [], write: [] })
  const { access } = opened.composed.registry
  const facts = madeFacts(sizes)
  const expected = new ExpectedAnswers(facts)
  const questions = questionsAbout(facts, asked).map((question) => askedOf(question, expected))
  requireBoth(questions)
  await access.ready()
  // Once through all of them: compilers wake up, and every answer is looked at.
  for (const one of questions) answered(access, one)
  const timings = new Timings()
  const until = performance.now() + seconds * 1_000
  do
    for (const one of questions) {
      const begun = performance.now()
      // A request waits for it where there is something to wait for.
      const reading = access.ready()
      if (reading !== undefined) await reading
      answered(access, one)
      timings.add((performance.now() - begun) * microsPerMs)
    }
  while (performance.now() < until)
  return { p99: timings.below(0.99), median: timings.median, changed: await afterChanges(opened.composed) }
}

function askedOf(question: Question, expected: ExpectedAnswers): Asked {
  const { who, scope, permission, namespace, name } = question
  const via = scope && { via: { kind: 'key', id: 'bench', scopes: [scope] } as const }
  return {
    principal: who.kind === 'anonymous' ? who : { ...who, ...via },
    permission,
    repository: parseRepositoryName(`${namespace}/${name}`),
    expected: expected.of(question),
  }
}

/** Both answers are among them, and neither is rare. */
function requireBoth(questions: readonly Asked[]): void {
  const allowed = questions.filter(({ expected }) => expected).length / questions.length
  if (allowed < 0.2 || allowed > 0.8)
    throw new Error(`${Math.round(allowed * 100)} % of the questions are allowed`)
}

/** By the way that a door takes. */
function answered(access: Deciding, { principal, permission, repository, expected }: Asked): void {
  if (isAllowed(access, access.placed(principal, address), [permission, repository]) !== expected)
    throw new WrongAnswer(`${JSON.stringify(principal)}, ${permission}, ${repository}: not ${expected}`)
}

function isAllowed(
  access: Deciding,
  principal: Principal,
  [permission, repository]: readonly [Permission, RepositoryName],
): boolean {
  try {
    access.authorize(principal, permission, repository)
    return true
  } catch (error) {
    if (!isRegistryError(error)) throw error
    return false
  }
}

/** ms, the median: all that is known of rights is out of date then. */
async function afterChanges({ registry: { access, accounts } }: Composed): Promise<number> {
  const timings = new Timings()
  const somebody: Principal = { kind: 'user', name: newcomer }
  const about = ['artifacts:update', parseRepositoryName('nobodys/app')] as const
  const time = async (expected: boolean): Promise<void> => {
    const begun = performance.now()
    await access.ready()
    const allowed = isAllowed(access, access.placed(somebody, address), about)
    timings.add(performance.now() - begun)
    if (allowed !== expected) throw new WrongAnswer(`a change of rights is not known: not ${expected}`)
  }
  for (let at = 0; at < changes; at++) {
    const grant = {
      to: `user:${newcomer}`,
      role: 'editor',
      namespace: 'nobodys',
      kind: '*',
      name: '*',
    } as const
    const id = await accounts.giveGrant(operator, grant)
    await time(true)
    await accounts.takeGrant(operator, id)
    await time(false)
  }
  return timings.median
}
