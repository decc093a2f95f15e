import { isJsonObject, type JsonObject, memberOf } from '../../domain/strict-json.ts'
import { defineKind, fileOf } from '../define-kind.ts'
import type { Dependency, Kind, Problem } from '../kind.ts'
import { readReference } from '../reference.ts'
import {
  type Builder,
  closed,
  count,
  type DocumentSchema,
  duration,
  listOf,
  mapOf,
  name,
  names,
  reference,
} from '../schemas.ts'
import { shown } from '../shared/place.ts'
import { pclFacts } from '../shared/source/pcl-facts.ts'

const modes = [
  'Primary',
  'Consensus',
  'Majority',
  'Dissent',
  'Compare',
  'Append',
  'Debate',
  'Chain',
  'Vote',
  'Weighted',
  'RoundRobin',
  'Random',
]
const mostOfOne = 1_000
const mostWeight = 1_000_000
const mostInQuorum = 1_000_000

function member(t: Builder): DocumentSchema {
  const counted = closed(t, { persona: reference(t), count: count(t, 1, mostOfOne) }, ['persona'])
  return { ...counted, title: 'a member, such as { persona: acme/auditor, count: 3 }' }
}

function merge(t: Builder): DocumentSchema {
  const weights = mapOf(t, t.Number({ exclusiveMinimum: 0, maximum: mostWeight }))
  const settings = { mode: t.Enum(modes), weights, topic: name(t), timeout: duration(t) }
  return {
    ...closed(t, settings, ['mode']),
    title: 'a mode with its settings, such as { mode: Weighted, weights: { acme/auditor: 2 } }',
  }
}

function quorum(t: Builder): DocumentSchema {
  const voices = count(t, 1, mostInQuorum)
  return closed(t, { required: voices, total: voices }, ['required', 'total'])
}

export const team: Kind = defineKind({
  name: 'team',
  about: 'Personas that work together, and how their answers become one',
  schema: (t) =>
    closed(
      t,
      {
        members: listOf(t, t.Union([reference(t), member(t)]), 1),
        primary: reference(t),
        merge: t.Union([t.Enum(modes), merge(t)]),
        quorum: quorum(t),
        conflict: names(t),
        tags: names(t),
        properties: mapOf(t, t.Unknown()),
      },
      ['members'],
    ),
  fileName: fileOf('pcl'),
  checks: checkTeam,
  deeperNeeds: (document) => [...membersOf(document)].flatMap(({ text }) => dependencyOn(text)),
  topics: ['tags'],
  sourceFacts: pclFacts,
})

interface Member {
  readonly text: string
  readonly path: string
}

/** As they are written, plainly or with a count. */
function* membersOf(document: JsonObject): Generator<Member> {
  const members = memberOf(document, 'members')
  if (!Array.isArray(members)) return
  for (const [index, entry] of members.entries()) {
    if (typeof entry === 'string') yield { text: entry, path: `/members/${index}` }
    const named = isJsonObject(entry) ? memberOf(entry, 'persona') : undefined
    if (typeof named === 'string') yield { text: named, path: `/members/${index}/persona` }
  }
}

function dependencyOn(text: string): readonly Dependency[] {
  const named = readReference(text)
  return typeof named === 'string' ? [] : [{ relation: 'uses', ...named }]
}

/** A member is spoken of by its name, with its range or without. */
function targetOf(text: string): string {
  const named = readReference(text)
  return typeof named === 'string' ? text : named.target
}

function checkTeam(document: JsonObject): readonly Problem[] {
  const problems: Problem[] = []
  const members = new Set<string>()
  for (const { text, path } of membersOf(document)) {
    const named = readReference(text)
    if (typeof named === 'string') problems.push({ path, reason: named })
    else if (members.has(named.target)) {
      problems.push({ path, reason: `${shown(named.target)} is there twice: give it a count` })
    } else members.add(named.target)
  }
  return [
    ...problems,
    ...primaryProblems(document, members),
    ...quorumProblems(document),
    ...mergeProblems(document, members),
    ...conflictProblems(document, members),
  ]
}

const noMember = 'it is none of the members'

function primaryProblems({ primary }: JsonObject, members: ReadonlySet<string>): readonly Problem[] {
  if (typeof primary !== 'string' || members.has(targetOf(primary))) return []
  return [{ path: '/primary', reason: noMember }]
}

/** That a total is not the number of members is no mistake: some may be away. */
function quorumProblems({ quorum }: JsonObject): readonly Problem[] {
  if (!isJsonObject(quorum) || Number(quorum['required']) <= Number(quorum['total'])) return []
  return [{ path: '/quorum/required', reason: `it is more than the total of ${String(quorum['total'])}` }]
}

function mergeProblems({ merge: given }: JsonObject, members: ReadonlySet<string>): readonly Problem[] {
  const settings = isJsonObject(given) ? given : { mode: given }
  const weights = memberOf(settings, 'weights')
  if (settings['mode'] === 'Weighted' && weights === undefined)
    return [{ path: '/merge', reason: 'Weighted wants the weights of the members' }]
  if (!isJsonObject(weights)) return []
  return Object.keys(weights).flatMap((weighed) =>
    members.has(targetOf(weighed))
      ? []
      : [{ path: '/merge/weights', reason: `${shown(weighed)} is none of the members` }],
  )
}

function conflictProblems({ conflict }: JsonObject, members: ReadonlySet<string>): readonly Problem[] {
  if (!Array.isArray(conflict)) return []
  return conflict.flatMap((given, index) =>
    members.has(targetOf(String(given))) ? [] : [{ path: `/conflict/${index}`, reason: noMember }],
  )
}
