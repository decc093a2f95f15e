import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededRandom } from '../../../src/adapters/random/seeded/seeded-random.ts'
import type { Page, SortField } from '../../../src/library/backend-types.ts'
import type { FlatArtifact, Query } from '../../../src/library/flat-types.ts'
import type { Random } from '../../../src/ports/random/random.ts'
import { failure, inMemory, inSqlite, type OpenWorld, onEachBackend, type World } from './world.ts'

const sorts: readonly SortField[] = ['name', 'createdAt', 'updatedAt', 'downloads', 'stars', 'views']

const entry = ({ id, version }: FlatArtifact): string => `${id}@${version}`

/** All pages of a query, one behind the other. */
async function leafed(
  find: (query: Query) => Promise<Page<FlatArtifact>>,
  query: Query,
  by: 'after' | 'offset',
): Promise<FlatArtifact[]> {
  const all: FlatArtifact[] = []
  let page = await find(query)
  for (;;) {
    all.push(...page.items)
    if (page.next === undefined) return all
    assert.equal(page.items.length, query.limit ?? 100)
    page = await find({ ...query, ...(by === 'after' ? { after: page.next } : { offset: all.length }) })
  }
}

/** What is known of an artifact beside what its entries say. */
interface Made {
  readonly id: string
  views: number
}

const versionsOf = [
  '0.9.0',
  '1.0.0-alpha',
  '1.0.0-alpha.2',
  '1.0.0-alpha.10',
  '1.0.0',
  '1.0.0+b',
  '1.2.0',
  '1.10.0',
]

/** Artifacts of which many are alike in what they are sorted by. */
async function populate(world: World, random: Random, count: number): Promise<Made[]> {
  const { registry, clock } = world
  const some = <T>(all: readonly T[]): T[] => all.filter(() => random.int(2) === 0)
  const one = <T>(all: readonly T[]): T => all[random.int(all.length)] as T
  const made: Made[] = []
  for (let at = 0; at < count; at++) {
    clock.step(random.int(2))
    const versions = some(versionsOf)
    const [first = '0.1.0', ...rest] = versions
    const { id } = await world.create({
      name: one(['Ada', 'ada', 'Éva', 'eva', '日本', 'Zoë \u{1f600}', 'a'.repeat(150)]),
      type: one(['persona', 'team', 'skill']),
      tags: some(['red', 'green', 'blue']),
      skills: some(['read', 'write']),
      visibility: one(['public', 'unlisted', 'private']),
      version: first,
      sourceCode: `source ${first}`,
    })
    for (const version of rest) await registry.update(id, { version, sourceCode: `source ${version}` })
    if (random.int(3) === 0) {
      const all = await registry.listVersions(id)
      const published = one(all).version
      await registry.publish(id, published)
      await registry.rollback(id, published)
    }
    for (let n = random.int(3); n > 0; n--) await registry.incrementDownloads(id)
    for (let n = random.int(3); n > 0; n--) await registry.star(id, `user-${n}`)
    const views = random.int(3)
    for (let n = views; n > 0; n--) await registry.incrementViews(id)
    if (random.int(8) === 0) await registry.delete(id)
    else made.push({ id, views })
  }
  return made
}

/** Every entry by what each artifact says by itself, put in order and filtered without any index. */
/** An artifact as it stands, and its versions. */
interface Standing {
  readonly views: number
  readonly stands: FlatArtifact
  readonly versions: readonly FlatArtifact[]
}

async function standing(world: World, made: readonly Made[]): Promise<Standing[]> {
  return await Promise.all(
    made.map(async ({ id, views }) => ({
      views,
      stands: await world.registry.read(id),
      versions: await world.registry.listVersions(id),
    })),
  )
}

function bruteForce(groups: readonly Standing[], query: Query): string[] {
  const { field = 'createdAt', order = 'asc' } = query.sort ?? {}
  const orderedBy = ({ stands, views }: Standing): string | number => {
    if (field === 'views') return views
    const value = stands[field]
    return value instanceof Date ? value.getTime() : value
  }
  const compare = (one: string | number, other: string | number): number =>
    typeof one === 'number'
      ? one - Number(other)
      : Buffer.compare(Buffer.from(one), Buffer.from(String(other)))
  const wanted = groups
    .filter(({ stands }) => holds(stands, query))
    .sort((a, b) => compare(orderedBy(a), orderedBy(b)) || compare(a.stands.id, b.stands.id))
  if (order === 'desc') wanted.reverse()
  return wanted.flatMap(({ versions }) =>
    versions.filter(({ isLatest }) => query.isLatest === undefined || isLatest === query.isLatest).map(entry),
  )
}

function holds(stands: FlatArtifact, { type, tags = [], skills = [], visibility }: Query): boolean {
  const isOf = <T>(wanted: T | readonly T[] | undefined, value: T): boolean =>
    wanted === undefined || [wanted].flat().length === 0 || [wanted].flat().includes(value as never)
  return (
    isOf(type, stands.type) &&
    isOf(visibility, stands.visibility) &&
    tags.every((tag) => stands.tags.includes(tag)) &&
    skills.every((skill) => stands.skills.some((one) => skill === (typeof one === 'string' ? one : one.name)))
  )
}

const filters: readonly Query[] = [
  {},
  { type: 'persona' },
  { type: ['team', 'skill'], visibility: 'public' },
  { tags: ['red'] },
  { tags: ['red', 'blue'], skills: ['read'] },
  { skills: ['write'], visibility: ['public', 'unlisted'] },
  { type: [], tags: [], skills: [], visibility: [] },
  { tags: ['none'] },
]

async function checkPages(open: OpenWorld, seed: number, count: number, every: number): Promise<number> {
  await using world = await open()
  const random = seededRandom(seed)
  const groups = await standing(world, await populate(world, random, count))
  let checked = 0
  let turn = 0
  for (const filter of filters)
    for (const isLatest of [undefined, true, false])
      for (const field of sorts) {
        turn += 1
        if (turn % every !== 0) continue
        const order = random.int(2) === 0 ? ('asc' as const) : ('desc' as const)
        const which = isLatest === undefined ? {} : { isLatest }
        const query: Query = { ...filter, ...which, sort: { field, order }, limit: 1 + random.int(9) }
        const wanted = bruteForce(groups, query)
        const about = JSON.stringify({ seed, query })
        for (const by of ['after', 'offset'] as const) {
          const found = await leafed((asked) => world.registry.find(asked), query, by)
          assert.deepEqual(found.map(entry), wanted, `${about} by ${by}`)
          for (const one of found) assert.ok(isLatest === undefined || one.isLatest === isLatest)
        }
        assert.equal(await world.registry.count({ ...filter, ...which }), wanted.length, about)
        checked += wanted.length
      }
  return checked
}

test('all pages together are every entry, in order and once each: in memory', async () => {
  let checked = 0
  for (let seed = 1; seed <= 2; seed++) checked += await checkPages(inMemory, seed, 16, 5)
  assert.ok(checked > 200, `only ${checked} entries were compared`)
})

test('all pages together are every entry, in order and once each: in SQLite', async () => {
  assert.ok((await checkPages(inSqlite, 99, 12, 9)) > 50)
})

onEachBackend('finding in a registry', (open) => {
  test('answers with entries as they are read, a hundred where nothing is said', async () => {
    await using world = await open()
    const { registry } = world
    assert.deepEqual(await registry.find(), { items: [] })
    const made = await world.create({ ast: { a: 1 }, published: true, version: '1.0.0' })
    await registry.update(made.id, { version: '1.1.0', sourceCode: 'PERSONA B' })
    const { items } = await registry.find()
    assert.deepEqual(
      items.map(({ version, isLatest, sourceCode, ast }) => [version, isLatest, sourceCode, ast]),
      [
        ['1.1.0', true, 'PERSONA B', undefined],
        ['1.0.0', false, 'PERSONA Ada', { a: 1 }],
      ],
    )
    assert.deepEqual(items[0], await registry.read(made.id))
    assert.ok(items[1]?.publishedAt)
    for (let n = 0; n < 102; n++) await world.create({ name: `n${n}`, sourceCode: `s${n}` })
    const page = await registry.find({ isLatest: true })
    assert.deepEqual([page.items.length, page.next === undefined], [100, false])
    assert.equal((await registry.find({ isLatest: true, after: String(page.next) })).items.length, 3)
    assert.equal((await registry.find({ limit: 1_000 })).items.length, 104)
    assert.deepEqual((await registry.find({ offset: 104 })).items, [])
  })

  test('goes on where a page ended, whatever has become of what it ended with', async () => {
    await using world = await open()
    const { registry, clock } = world
    const made: FlatArtifact[] = []
    for (let n = 0; n < 4; n++) {
      const one = await world.create({ version: '1.0.0', name: `n${n}` })
      await registry.update(one.id, { version: '2.0.0', sourceCode: 'x' })
      made.push(one)
      clock.step(1)
    }
    const [, second, third, fourth] = made.map(({ id }) => id)
    const page = await registry.find({ limit: 3 })
    assert.deepEqual(page.items.slice(2).map(entry), [`${second}@2.0.0`])
    const after = String(page.next)
    const rest = async (): Promise<string[]> => (await registry.find({ limit: 3, after })).items.map(entry)
    assert.deepEqual(await rest(), [`${second}@1.0.0`, `${third}@2.0.0`, `${third}@1.0.0`])
    await registry.delete(String(second))
    assert.deepEqual(await rest(), [`${third}@2.0.0`, `${third}@1.0.0`, `${fourth}@2.0.0`])
  })

  test('refuses what is no query, and a place of another one', async () => {
    await using world = await open()
    const { registry } = world
    for (let n = 0; n < 3; n++) await world.create({ name: `n${n}` })
    const { next } = await registry.find({ limit: 1, isLatest: true })
    const byName = await registry.find({ limit: 1, sort: { field: 'name' } })
    const forged = (parts: unknown): string => Buffer.from(JSON.stringify(parts)).toString('base64url')
    const id = '01a00000-0000-7000-8000-000000000000'
    const bad: [unknown, string][] = [
      [7, 'query'],
      [[], 'query'],
      [{ limits: 3 }, 'limits'],
      [{ limit: 0 }, 'limit'],
      [{ limit: 1_001 }, 'limit'],
      [{ limit: '5' }, 'limit'],
      [{ offset: -1 }, 'offset'],
      [{ offset: 1, after: next }, 'offset'],
      [{ after: next }, 'after'],
      [{ after: byName.next, isLatest: true }, 'after'],
      [{ after: 'noise' }, 'after'],
      [{ after: forged([1]) }, 'after'],
      [{ after: forged(['createdAt', false, 'all', 'x', id, '1.0.0']) }, 'after'],
      [{ after: forged(['createdAt', false, 'all', 1, 'x', '1.0.0']) }, 'after'],
      [{ after: forged(['createdAt', false, 'all', 1, id, 'one']) }, 'after'],
      [{ after: forged(['name', false, 'all', '\0', id, '1.0.0']), sort: { field: 'name' } }, 'after'],
      [{ after: 'x'.repeat(5_000) }, 'after'],
      [{ type: 7 }, 'type'],
      [{ type: ['a', '\0'] }, 'type[1]'],
      [{ tags: 'red' }, 'tags'],
      [{ tags: [7] }, 'tags[0]'],
      [{ tags: Array(51).fill('t') }, 'tags'],
      [{ skills: ['\ud800'] }, 'skills[0]'],
      [{ visibility: 'hidden' }, 'visibility'],
      [{ isLatest: 'yes' }, 'isLatest'],
      [{ sort: 'name' }, 'sort'],
      [{ sort: { field: 'size' } }, 'sort.field'],
      [{ sort: { field: 'name', order: 'up' } }, 'sort.order'],
      [{ text: 'stars:>many' }, 'text'],
    ]
    for (const [query, field] of bad)
      assert.equal(
        await failure(registry.find(query as Query)),
        `ValidationError VALIDATION ${field}`,
        JSON.stringify(query),
      )
    assert.equal(await failure(registry.count({ tags: 'red' } as never)), 'ValidationError VALIDATION tags')
    assert.equal(await failure(registry.count({ text: 'stars:>red' })), 'ValidationError VALIDATION text')
    // A page that is counted is counted whole.
    assert.equal(await registry.count({ limit: 1, offset: 2 } as Query), 3)
    const foreign = forged(['createdAt', false, 'all', 1, id, '1.0.0'])
    assert.equal((await registry.find({ after: foreign })).items.length, 3)
    const digest = forged([
      'createdAt',
      false,
      'all',
      1,
      (await registry.find()).items[0]?.id,
      `sha256:${'0'.repeat(64)}`,
    ])
    assert.equal((await registry.find({ after: digest })).items.length, 3)
  })

  test('gives up what no index narrows down once its time is over', async () => {
    await using world = await open({ limits: { scanTime: 0 } })
    await world.create()
    assert.equal(await failure(world.registry.find()), 'TimeoutError TIMEOUT')
    assert.equal(await failure(world.registry.count()), 'TimeoutError TIMEOUT')
    assert.equal(await world.registry.count({ isLatest: true }), 1)
  })
})
