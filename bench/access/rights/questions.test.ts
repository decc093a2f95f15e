import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Rights } from '../../../server/src/core/access/rights.ts'
import { ExpectedAnswers } from './expected-answer.ts'
import { madeFacts } from './made-facts.ts'
import { questionsAbout } from './questions.ts'

const sizes = { grants: 10_000, teams: 1_000, users: 5_000 }

test('the facts are of the size that is told, and the same each time', () => {
  const facts = madeFacts(sizes)
  assert.deepEqual([facts.grants.length, facts.teams.length, facts.users.length], [10_000, 1_000, 5_000])
  const teams = Map.groupBy(facts.teamMembers, ({ user }) => user)
  assert.equal(teams.size, 5_000)
  assert.ok([...teams.values()].filter((of) => of.length === 5).length > 4_900, 'most are in five teams')
  assert.deepEqual(facts, madeFacts(sizes))
  assert.deepEqual(questionsAbout(facts, 100), questionsAbout(madeFacts(sizes), 100))
})

test('what is expected is what the rules decide, of users, robots and nobody, with keys for less', () => {
  const facts = madeFacts(sizes)
  const rights = new Rights({
    ...facts,
    roles: [facts.role],
    namespaces: facts.organisations.map(({ name, visibility }) => ({
      ...{ namespace: name, owner: `organisation:${name}` as const, visibility, allowPublicPublish: false },
    })),
  })
  const expected = new ExpectedAnswers(facts)
  const seen = new Map<string, number>()
  for (const question of questionsAbout(facts, 2_000)) {
    const { who, scope, permission, namespace, name } = question
    const via = scope && { via: { kind: 'key' as const, id: 'k', scopes: [scope] } }
    const principal = who.kind === 'anonymous' ? who : { ...who, ...via }
    const answer = expected.of(question)
    const { allowed, because } = rights.decide(principal, permission, { namespace, kind: 'image', name })
    assert.equal(answer, allowed, JSON.stringify([question, because]))
    const sort = `${who.kind}${scope === undefined ? '' : ' scoped'} ${because.by}`
    seen.set(sort, (seen.get(sort) ?? 0) + 1)
  }
  for (const sort of [
    'user membership',
    'user grant',
    'user visibility',
    'user nothing',
    'user scoped scope',
  ])
    assert.ok((seen.get(sort) ?? 0) > 20, `${sort}: ${seen.get(sort)}`)
  for (const sort of ['robot grant', 'robot nothing', 'anonymous visibility', 'anonymous nothing'])
    assert.ok((seen.get(sort) ?? 0) > 0, `${sort}: ${seen.get(sort)}`)
})
