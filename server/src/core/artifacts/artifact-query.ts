import type { Artifact, Visibility } from '../../domain/artifact.ts'
import type { JsonObject } from '../../domain/strict-json.ts'
import type { Sees } from './sees.ts'
import type { Stream } from './streams.ts'
import type { ArtifactOrder } from './tables.ts'

/** What artifacts a list is to have. All that is given must hold. */
export interface ArtifactFilter {
  readonly kinds?: readonly string[]
  readonly anyTopic?: readonly string[]
  readonly allTopics?: readonly string[]
  readonly anySkill?: readonly string[]
  readonly allSkills?: readonly string[]
  readonly author?: string
  readonly organization?: string
  readonly namespace?: string
  readonly owner?: string
  readonly visibility?: readonly Visibility[]
  readonly published?: boolean
  /** Those that were deleted too. */
  readonly withDeleted?: boolean
  /** Members that `custom` must have, with these values. */
  readonly custom?: JsonObject
  /** Those alone that whoever asks may know of. No index knows it: what is left of them is walked. */
  readonly sees?: Sees
}

/** One way to read what a filter wants, in the wanted order: everything that it wants is in these streams. */
export interface Access {
  readonly name: string
  readonly streams: readonly Stream[]
}

/** What a list can be read by without walking: told to whoever waited in vain. */
export const indexedBy =
  'a topic, a skill, a kind with an organization, a kind with an author, or a kind with whether it is published'

/**
 * The ways that the declared indexes give. The last one is always there: every artifact, of the kinds that there are.
 * @param kinds all that are known
 */
export function accessesOf(
  filter: ArtifactFilter,
  order: ArtifactOrder,
  kinds: readonly string[],
): readonly Access[] {
  const lives = filter.withDeleted === true ? [true, false] : [true]
  const wanted = filter.kinds ?? kinds
  const byTerm = (field: 'topic' | 'skill', terms: readonly string[]): Access => ({
    name: field,
    streams: [...new Set(terms)].flatMap((term) =>
      lives.map((live): Stream => ({ table: 'terms', index: `byTerm_${order}`, eq: [field, term, live] })),
    ),
  })
  const byColumn = (index: string, value: string): Access => ({
    name: index,
    streams: wanted.flatMap((kind) =>
      lives.map(
        (live): Stream => ({ table: 'artifacts', index: `${index}_${order}`, eq: [live, kind, value] }),
      ),
    ),
  })
  const states = filter.published === undefined ? [true, false] : [filter.published]
  return [
    ...(filter.anyTopic === undefined ? [] : [byTerm('topic', filter.anyTopic)]),
    ...(filter.allTopics ?? []).map((topic) => byTerm('topic', [topic])),
    ...(filter.anySkill === undefined ? [] : [byTerm('skill', filter.anySkill)]),
    ...(filter.allSkills ?? []).map((skill) => byTerm('skill', [skill])),
    ...(filter.author === undefined ? [] : [byColumn('byAuthor', filter.author)]),
    ...(filter.organization === undefined ? [] : [byColumn('byOrganization', filter.organization)]),
    {
      name: 'byKind',
      streams: states.flatMap((published) =>
        wanted.flatMap((kind) =>
          lives.map(
            (live): Stream => ({
              table: 'artifacts',
              index: `byKind_${order}`,
              eq: [live, published, kind],
            }),
          ),
        ),
      ),
    },
  ]
}

/** Whether the artifact is one of those that the filter wants; `sees` asks for more than the artifact, and is not asked here. */
export function matches(artifact: Artifact, filter: ArtifactFilter): boolean {
  const skills = artifact.skills.map(({ name }) => name)
  const { custom } = filter
  return (
    (filter.withDeleted === true || !artifact.deleted) &&
    isIn(filter.kinds, artifact.kind) &&
    isIn(filter.visibility, artifact.visibility) &&
    isSame(filter.author, artifact.author) &&
    isSame(filter.organization, artifact.organization) &&
    isSame(filter.namespace, artifact.namespace) &&
    isSame(filter.owner, artifact.owner) &&
    isSame(filter.published, artifact.published) &&
    hasAny(artifact.topics, filter.anyTopic) &&
    hasAll(artifact.topics, filter.allTopics) &&
    hasAny(skills, filter.anySkill) &&
    hasAll(skills, filter.allSkills) &&
    (custom === undefined || isPartOf(custom, artifact.custom))
  )
}

const isIn = <T>(wanted: readonly T[] | undefined, value: T): boolean =>
  wanted === undefined || wanted.includes(value)
const isSame = <T>(wanted: T | undefined, value: T): boolean => wanted === undefined || wanted === value
const hasAny = (has: readonly string[], wanted: readonly string[] | undefined): boolean =>
  wanted === undefined || wanted.some((one) => has.includes(one))
const hasAll = (has: readonly string[], wanted: readonly string[] | undefined): boolean =>
  wanted === undefined || wanted.every((one) => has.includes(one))

/** Every member of an object that is wanted is there; lists and plain values are equal as a whole. */
function isPartOf(wanted: unknown, value: unknown): boolean {
  if (Array.isArray(wanted)) {
    return (
      Array.isArray(value) &&
      wanted.length === value.length &&
      wanted.every((one, at) => isPartOf(one, value[at]))
    )
  }
  if (typeof wanted !== 'object' || wanted === null) return wanted === value
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return Object.entries(wanted).every(
    ([name, one]) => Object.hasOwn(value, name) && isPartOf(one, (value as JsonObject)[name]),
  )
}
