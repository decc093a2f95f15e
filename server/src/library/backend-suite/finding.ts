import assert from 'node:assert/strict'
import type { Artifact, ArtifactFilter, Backend, NewArtifact, SortField } from '../backend-types.ts'
import { type BackendCase, done, made, named, namesOf, refused } from './harness.ts'

const pick = <T>(all: readonly T[], n: number): T => all[n % all.length] as T

/** Thirty artifacts that share what they are found by in every mixture. */
function sample(n: number): NewArtifact {
  return {
    type: pick(['skill', 'team', 'file'], n),
    metadata: {
      name: `Name ${pick(['b', 'a', 'C', 'd'], n)} ${n % 7}`,
      tags: ['all', pick(['red', 'green', 'blue'], n), ...(n % 4 === 0 ? ['rare'] : [])],
      skills: [pick(['read', 'write'], n), ...(n % 5 === 0 ? [{ name: 'lead', category: 'people' }] : [])],
      author: pick(['Ada', 'Bo'], Math.floor(n / 3)),
      organization: pick(['acme', 'Beta Inc', ''], Math.floor(n / 2)),
      custom: { n: n % 3, deep: { even: n % 2 === 0 } },
    },
    source: `source ${n}`,
    published: n % 2 === 0,
  }
}

async function samples(backend: Backend): Promise<Artifact[]> {
  const all: Artifact[] = []
  for (let n = 0; n < 30; n++) all.push(await made(backend, sample(n)))
  for (const { id } of all.slice(0, 3)) done(await backend.delete(id))
  for (const { id } of all.slice(5, 8))
    done(await backend.update(id, { metadata: { description: 'Later.' } }))
  return done(await backend.find({ filter: { deleted: true }, pagination: { limit: 100 } })).items.slice()
}

const filters: readonly ArtifactFilter[] = [
  {},
  { deleted: true },
  { type: 'team' },
  { type: ['team', 'file'] },
  { type: 'none' },
  { type: [] },
  { tags: ['red'] },
  { tags: ['red', 'rare'] },
  { tags: ['all'], deleted: true },
  { tags: [] },
  { tags: ['nobody'] },
  { skills: ['lead'] },
  { skills: ['lead', 'read'] },
  { author: 'Ada' },
  { author: 'ada' },
  { organization: 'Beta Inc' },
  { organization: '' },
  { published: true },
  { published: false },
  { custom: { n: 1 } },
  { custom: { deep: { even: true } } },
  { custom: {} },
  { type: 'skill', organization: 'acme' },
  { type: 'skill', author: 'Bo', published: true },
  { tags: ['red', 'blue'], skills: ['write'], author: 'Ada' },
  { type: ['skill', 'file'], tags: ['green'], custom: { n: 2 }, deleted: true },
  { published: true, organization: 'acme', author: 'Bo', skills: ['read'], tags: ['all'] },
]
const fields: readonly SortField[] = ['name', 'createdAt', 'updatedAt', 'downloads', 'stars', 'views']

function fits({ type, metadata, published, deleted }: Artifact, filter: ArtifactFilter): boolean {
  const skills = (metadata.skills ?? []).map((skill) => (typeof skill === 'string' ? skill : skill.name))
  const any = (wanted: readonly string[] | undefined, has: readonly string[]): boolean =>
    wanted === undefined || wanted.length === 0 || wanted.some((one) => has.includes(one))
  const { n, deep } = (metadata.custom ?? {}) as { n: number; deep: { even: boolean } }
  const custom = filter.custom as { n?: number; deep?: { even: boolean } } | undefined
  return (
    (filter.deleted === true || !deleted) &&
    any(typeof filter.type === 'string' ? [filter.type] : filter.type, [type]) &&
    any(filter.tags, metadata.tags) &&
    any(filter.skills, skills) &&
    (filter.author === undefined || filter.author === (metadata.author ?? '')) &&
    (filter.organization === undefined || filter.organization === (metadata.organization ?? '')) &&
    (filter.published === undefined || filter.published === published) &&
    (custom?.n === undefined || custom.n === n) &&
    (custom?.deep === undefined || custom.deep.even === deep.even)
  )
}

/** Names by their bytes, numbers and times as such; equals by id. */
function ordered(artifacts: readonly Artifact[], field: SortField, order: 'asc' | 'desc'): string[] {
  const placeOf = (one: Artifact): string | number => {
    if (field === 'name') return one.metadata.name
    if (field === 'createdAt' || field === 'updatedAt') return one[field].getTime()
    return one.stats[field]
  }
  const sign = order === 'asc' ? 1 : -1
  const compare = (one: string | number, other: string | number): number =>
    one < other ? -1 : one > other ? 1 : 0
  return artifacts
    .toSorted((one, other) => sign * (compare(placeOf(one), placeOf(other)) || compare(one.id, other.id)))
    .map(({ id }) => id)
}

export const finding: readonly BackendCase[] = [
  {
    name: 'every filter in every order finds what it says, page by page as in one, and counts as many',
    check: async ({ backend }) => {
      const all = await samples(backend)
      assert.equal(all.length, 30)
      for (const filter of filters) {
        const wanted = all.filter((artifact) => fits(artifact, filter))
        const said = JSON.stringify(filter)
        assert.equal(done(await backend.count({ filter })), wanted.length, `count ${said}`)
        for (const field of fields) {
          for (const order of ['asc', 'desc'] as const) {
            const sort = { field, order }
            const page = done(await backend.find({ filter, sort, pagination: { limit: 7 } }))
            const rest =
              page.next === undefined
                ? []
                : done(await backend.find({ filter, sort, pagination: { after: page.next, limit: 50 } }))
                    .items
            const found = [...page.items, ...rest].map(({ id }) => id)
            assert.deepEqual(found, ordered(wanted, field, order), `${said} by ${field} ${order}`)
          }
        }
      }
    },
  },
  {
    name: 'what is found is what is read',
    check: async ({ backend }) => {
      const all = await samples(backend)
      for (const artifact of all) {
        if (!artifact.deleted) assert.deepEqual(done(await backend.read(artifact.id)), artifact)
      }
    },
  },
  {
    name: 'without a word on it, artifacts come in the order in which they were made, a hundred at most',
    check: async ({ backend }) => {
      const names = Array.from({ length: 103 }, (_, n) => `Ada ${n}`)
      for (const name of names) await made(backend, named(name, { source: 'x' }))
      const first = done(await backend.find())
      const rest = done(await backend.find({ pagination: { after: first.next ?? '' } }))
      assert.deepEqual([first.items.length, rest.items.length, rest.next], [100, 3, undefined])
      assert.deepEqual([...namesOf(first), ...namesOf(rest)].sort(), names.sort())
      // Of what was made within one millisecond nobody says which came first.
      const times = [...first.items, ...rest.items].map(({ createdAt }) => createdAt.getTime())
      assert.deepEqual(
        times,
        times.toSorted((one, other) => one - other),
      )
      assert.equal(done(await backend.count()), 103)
    },
  },
  {
    name: 'what changes is found by what it is now, and by nothing that it was',
    check: async ({ backend }) => {
      const { id } = await made(
        backend,
        named('Old', { metadata: { tags: ['a', 'b'], skills: ['x'], author: 'A' } }),
      )
      done(
        await backend.update(id, {
          metadata: {
            name: 'New',
            tags: ['b', 'c'],
            skills: [{ name: 'y', proficiency: 'expert' }],
            author: 'B',
          },
          published: true,
        }),
      )
      const now = { tags: ['c'], skills: ['y'], author: 'B', published: true }
      const then = { tags: ['a'], skills: ['x'], author: 'A', published: false }
      for (const [name, value] of Object.entries(now))
        assert.deepEqual(namesOf(done(await backend.find({ filter: { [name]: value } }))), ['New'])
      for (const [name, value] of Object.entries(then)) {
        assert.deepEqual(namesOf(done(await backend.find({ filter: { [name]: value } }))), [])
        assert.equal(done(await backend.count({ filter: { [name]: value } })), 0)
      }
    },
  },
  {
    name: 'what no index narrows down is walked for so long only, and then says what is indexed',
    limits: { scanTime: 0 },
    check: async ({ backend }) => {
      await made(backend, named('Ada', { metadata: { custom: { a: 1 } } }))
      for (const result of [
        await backend.find({ filter: { custom: { a: 2 } } }),
        await backend.count({ filter: { custom: { a: 2 } } }),
      ])
        assert.match(refused(result, 'TIMEOUT'), /topic.*skill.*organization.*author.*published/)
    },
  },
]
