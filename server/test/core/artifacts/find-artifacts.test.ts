import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { ArtifactFilter } from '../../../src/boot/compose/artifacts.ts'
import type { Place } from '../../../src/core/artifacts/streams.ts'
import { type ArtifactOrder, artifactOrders } from '../../../src/core/artifacts/tables.ts'
import type { Artifact } from '../../../src/domain/artifact.ts'
import { compareText } from '../../../src/domain/compare-text.ts'
import type { Namespace } from '../../../src/domain/repository-name.ts'
import { type Authors, authors, codeOf } from '../authoring/kit.ts'

const kinds = ['persona', 'skill', 'team'] as const
const words = ['a', 'b', 'c'] as const
const names = ['Ada', 'ada', 'Zoë', '名前', '\u{1F600}', '\uE000', 'Eve']

interface Made {
  readonly kind: (typeof kinds)[number]
  readonly name: string
  readonly author: string
  readonly organization: string
  readonly topics: readonly string[]
  readonly skills: readonly string[]
  readonly published: boolean
  readonly deleted: boolean
  readonly stars: number
  readonly custom: { readonly x: number }
}

const made: fc.Arbitrary<Made> = fc.record({
  kind: fc.constantFrom(...kinds),
  name: fc.constantFrom(...names),
  author: fc.constantFrom('', 'ada', 'eve'),
  organization: fc.constantFrom('', 'acme'),
  topics: fc.uniqueArray(fc.constantFrom(...words)),
  skills: fc.uniqueArray(fc.constantFrom(...words)),
  published: fc.boolean(),
  deleted: fc.boolean(),
  stars: fc.nat({ max: 2 }),
  custom: fc.record({ x: fc.nat({ max: 1 }) }),
})

const some = fc.uniqueArray(fc.constantFrom(...words), { minLength: 1 })
const filter: fc.Arbitrary<ArtifactFilter> = fc.record(
  {
    kinds: fc.uniqueArray(fc.constantFrom(...kinds), { minLength: 1 }),
    anyTopic: some,
    allTopics: some,
    anySkill: some,
    allSkills: some,
    author: fc.constantFrom('ada', 'eve', 'nobody'),
    organization: fc.constant('acme'),
    published: fc.boolean(),
    withDeleted: fc.boolean(),
    custom: fc.constant({ x: 1 }),
  },
  { requiredKeys: [] },
)

async function fill(a: Authors, all: readonly Made[]): Promise<void> {
  for (const [at, { deleted, stars, kind, published, topics, skills, ...said }] of all.entries()) {
    await a.test.clock.advance(at % 2)
    const { id } = await a.create({
      kind,
      published,
      metadata: { ...said, topics: [...topics], skills: [...skills] },
      namespace: `n${at}` as Namespace,
    })
    for (let star = 0; star < stars; star++) await a.artifacts.star(a.test.caller, id, `user ${star}`)
    if (deleted) await a.artifacts.delete(a.test.caller, id)
  }
}

function fits(artifact: Artifact, wanted: ArtifactFilter): boolean {
  const skills = artifact.skills.map(({ name }) => name)
  const any = (has: readonly string[], list?: readonly string[]): boolean =>
    list === undefined || list.some((one) => has.includes(one))
  const all = (has: readonly string[], list?: readonly string[]): boolean =>
    list === undefined || list.every((one) => has.includes(one))
  return (
    (wanted.withDeleted === true || !artifact.deleted) &&
    (wanted.kinds === undefined || wanted.kinds.includes(artifact.kind)) &&
    (wanted.author === undefined || wanted.author === artifact.author) &&
    (wanted.organization === undefined || wanted.organization === artifact.organization) &&
    (wanted.published === undefined || wanted.published === artifact.published) &&
    (wanted.custom === undefined || artifact.custom['x'] === 1) &&
    any(artifact.topics, wanted.anyTopic) &&
    all(artifact.topics, wanted.allTopics) &&
    any(skills, wanted.anySkill) &&
    all(skills, wanted.allSkills)
  )
}

function orderedBy(artifact: Artifact, order: ArtifactOrder): string | number {
  const { downloads, stars, views } = artifact.statistics
  return { ...artifact, downloads, stars, views }[order]
}

function sorted(found: readonly Artifact[], order: ArtifactOrder, back: boolean): readonly string[] {
  const ordered = found.toSorted((one, other) => {
    const [a, b] = [orderedBy(one, order), orderedBy(other, order)]
    const byValue = typeof a === 'number' ? a - (b as number) : compareText(a, b as string)
    return byValue || compareText(one.id, other.id)
  })
  return (back ? ordered.reverse() : ordered).map(({ id }) => id)
}

describe('a list of artifacts', () => {
  test('has, page after page, what a look at each of them would find, in that order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(made, { minLength: 1, maxLength: 14 }),
        fc.array(
          fc.tuple(filter, fc.constantFrom(...artifactOrders), fc.boolean(), fc.integer({ min: 1, max: 5 })),
          {
            minLength: 4,
            maxLength: 8,
          },
        ),
        async (all, queries) => {
          await using a = await authors()
          await fill(a, all)
          const page = { order: 'createdAt', back: false, limit: 1000 } as const
          const { artifacts: every } = await a.artifacts.find({ ...page, filter: { withDeleted: true } })
          assert.equal(every.length, all.length)
          for (const [wanted, order, back, limit] of queries) {
            const expected = sorted(
              every.filter((one) => fits(one, wanted)),
              order,
              back,
            )
            const found: string[] = []
            let after: Place | undefined
            do {
              const query = { filter: wanted, order, back, limit, ...(after && { after }) }
              const next = await a.artifacts.find(query)
              assert.ok(next.artifacts.length <= limit)
              found.push(...next.artifacts.map(({ id }) => id))
              after = next.next
            } while (after !== undefined)
            assert.deepEqual(found, expected)
            assert.equal(await a.artifacts.count(wanted), expected.length)
            const offset = Math.floor(expected.length / 2)
            const skipped = await a.artifacts.find({ filter: wanted, order, back, limit, offset })
            assert.deepEqual(
              skipped.artifacts.map(({ id }) => id),
              expected.slice(offset, offset + limit),
            )
          }
        },
      ),
      { numRuns: 40 },
    )
  })

  test('that no index narrows down ends in time and says what does', async () => {
    await using a = await authors({ limits: { scanTime: 50 } })
    for (let at = 0; at < 5; at++) await a.create({ namespace: `n${at}` as Namespace })
    const { clock } = a.test
    const now = clock.now.bind(clock)
    let asked = 0
    clock.now = () => now() + 20 * asked++
    const query = { order: 'name', back: false, limit: 10 } as const
    assert.equal(await codeOf(a.artifacts.find({ ...query, filter: { custom: { x: 1 } } })), 'scan-timeout')
  })
})
