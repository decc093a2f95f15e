import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import semver from 'semver'
import type { Step, Walked, WalkLimits } from '../../../src/core/artifacts/walk.ts'
import { dependenciesOf, dependentsOf } from '../../../src/core/artifacts/walk-edges.ts'
import { RegistryError } from '../../../src/domain/error.ts'
import type { Store } from '../../../src/ports/store/store.ts'
import { overStore } from '../../kit/over-store.ts'
import { type TestCore, type TestCoreOptions, testCore } from '../kit.ts'
import { fullName, putWorld, type WorldArtifact, type WorldVersion } from './edge-world.ts'

const unlimited: WalkLimits = { depth: 1_000, count: 100_000 }

interface Walker extends AsyncDisposable {
  readonly test: TestCore
  down(name: string, version: string, limits?: Partial<WalkLimits>): Promise<Walked>
  up(name: string, limits?: Partial<WalkLimits>): Promise<Walked>
}

async function walker(world: readonly WorldArtifact[], options: TestCoreOptions = {}): Promise<Walker> {
  const test = await testCore(options)
  const rows = await putWorld(test.store, world)
  const row = (name: string) => rows.get(name)!
  return {
    test,
    down: async (name, version, limits) =>
      await dependenciesOf(test.core, row(name), version, { ...unlimited, ...limits }),
    up: async (name, limits) => await dependentsOf(test.core, row(name), { ...unlimited, ...limits }),
    [Symbol.asyncDispose]: async () => await test[Symbol.asyncDispose](),
  }
}

/** Artifacts of one version each, that need others of any version. */
function plain(graph: Readonly<Record<string, string>>): WorldArtifact[] {
  return Object.entries(graph).map(([name, needs]) => ({
    name,
    versions: [
      { version: '1.0.0', needs: [...new Set(needs)].map((other) => ({ target: `skill:acme/${other}` })) },
    ],
  }))
}

const short = (name: string): string => name.replace('skill:acme/', '')
const depths = ({ steps }: Walked): string[] => steps.map(({ name, depth }) => `${short(name)}${depth}`)
const cycles = (walked: Walked): string[] => walked.cycles.map((path) => path.map(short).join(' → '))

describe('dependenciesOf', () => {
  it('tells what is needed, by what, how, and which version that is', async () => {
    await using world = await walker([
      {
        name: 'a',
        versions: [
          {
            version: '1.0.0',
            needs: [
              { target: 'skill:acme/b', range: '^1', relation: 'extends' },
              { target: 'left-pad', range: '^1.3' },
              { target: 'skill:acme/none', range: '2' },
            ],
          },
          { version: '2.0.0', needs: [{ target: 'skill:acme/none' }] },
        ],
      },
      {
        name: 'b',
        versions: [
          { version: '1.0.0' },
          { version: '1.2.0', needs: [{ target: 'skill:acme/c', range: '>=3' }] },
          { version: '2.0.0', needs: [{ target: 'left-pad' }] },
        ],
      },
      { name: 'c', versions: [{ version: '1.0.0' }] },
    ])
    assert.deepEqual(await world.down('a', '1.0.0'), {
      steps: [
        {
          name: 'skill:acme/b',
          by: 'skill:acme/a',
          relation: 'extends',
          range: '^1',
          depth: 1,
          artifact: 'id-b',
          version: '1.2.0',
        },
        { name: 'left-pad', by: 'skill:acme/a', relation: 'uses', range: '^1.3', depth: 1 },
        { name: 'skill:acme/none', by: 'skill:acme/a', relation: 'uses', range: '2', depth: 1 },
        {
          name: 'skill:acme/c',
          by: 'skill:acme/b',
          relation: 'uses',
          range: '>=3',
          depth: 2,
          artifact: 'id-c',
          unsatisfied: true,
        },
      ],
      cycles: [],
      cut: false,
    })
  })

  it('takes the highest version within a range that is published and not yanked', async () => {
    const versions: WorldVersion[] = [
      { version: '1.0.0', state: 'tagged' },
      { version: '1.1.0', state: 'published' },
      { version: '1.2.0', state: 'yanked' },
      { version: '1.3.0', state: 'draft' },
      { version: '2.0.0-rc.1', state: 'published' },
      { version: '99999999999999999999.0.0', state: 'yanked' },
      { version: '88888888888888888888.0.0', state: 'tagged' },
    ]
    const ranges = {
      '': '88888888888888888888.0.0',
      '*': '1.1.0',
      '^1': '1.1.0',
      '<1.1': '1.0.0',
      '1.2.0': undefined,
      '1.3.0': undefined,
      '^2': undefined,
      '>=2.0.0-rc.0': '2.0.0-rc.1',
      '2.0.0-rc.1': '2.0.0-rc.1',
      '88888888888888888888.0.0': '88888888888888888888.0.0',
      latest: undefined,
      [`>=1 ${' '.repeat(300)}`]: undefined,
    }
    for (const [range, version] of Object.entries(ranges)) {
      await using world = await walker([
        { name: 'a', versions: [{ version: '1.0.0', needs: [{ target: 'skill:acme/b', range }] }] },
        { name: 'b', versions },
      ])
      const { steps } = await world.down('a', '1.0.0')
      assert.deepEqual(
        [steps[0]?.version, steps[0]?.unsatisfied],
        [version, version ? undefined : true],
        range,
      )
    }
  })

  it('takes a pre-release for any version only where there is no release', async () => {
    await using world = await walker([
      {
        name: 'a',
        versions: [{ version: '1.0.0', needs: [{ target: 'skill:acme/b' }, { target: 'skill:acme/c' }] }],
      },
      { name: 'b', versions: [{ version: '1.0.0-a' }, { version: '1.0.0-b' }] },
      { name: 'c', versions: [{ version: '1.0.0+x-y' }, { version: '1.1.0-b' }] },
    ])
    const { steps } = await world.down('a', '1.0.0')
    assert.deepEqual(
      steps.map(({ version }) => version),
      ['1.0.0-b', '1.0.0+x-y'],
    )
  })

  it('takes what has no versions as it stands', async () => {
    await using world = await walker([
      {
        name: 'a',
        versions: [
          { version: '1.0.0', needs: [{ target: 'skill:acme/b' }, { target: 'skill:acme/c', range: '1' }] },
        ],
      },
      { name: 'b', current: 'x', versions: [] },
      { name: 'c', current: 'x', versions: [] },
    ])
    const { steps } = await world.down('a', '1.0.0')
    assert.deepEqual(
      steps.map(({ version, unsatisfied }) => [version, unsatisfied]),
      [
        ['digest-b', undefined],
        [undefined, true],
      ],
    )
  })

  it('follows two ranges that stand for two versions both, and two that stand for one once', async () => {
    await using world = await walker([
      {
        name: 'a',
        versions: [
          { version: '1.0.0', needs: [{ target: 'skill:acme/b' }, { target: 'skill:acme/c', range: '^1' }] },
        ],
      },
      {
        name: 'b',
        versions: [
          { version: '1.0.0', needs: [{ target: 'skill:acme/c', range: '^2' }, { target: 'skill:acme/d' }] },
        ],
      },
      {
        name: 'c',
        versions: [
          { version: '1.0.0', needs: [{ target: 'skill:acme/d', range: '*' }] },
          { version: '2.0.0', needs: [{ target: 'only-two' }] },
        ],
      },
      { name: 'd', versions: [{ version: '1.0.0' }] },
    ])
    const { steps } = await world.down('a', '1.0.0')
    assert.deepEqual(
      steps.map(({ name, version, depth }) => [short(name), version, depth]),
      [
        ['b', '1.0.0', 1],
        ['c', '1.0.0', 1],
        ['c', '2.0.0', 2],
        ['d', '1.0.0', 2],
        ['only-two', undefined, 3],
      ],
    )
  })

  it('knows ours by the kind as well, and nothing that was deleted or may not be seen', async () => {
    const targets = [
      'skill:acme/b',
      'persona:acme/b',
      'acme/b',
      ':acme/b',
      'skill:acme/',
      'skill:acme',
      'skill:acme/dead',
      'skill:acme/secret',
      'persona:acme/p',
    ]
    await using world = await walker([
      { name: 'a', versions: [{ version: '1.0.0', needs: targets.map((target) => ({ target })) }] },
      { name: 'b', versions: [{ version: '1.0.0' }] },
      { name: 'p', kind: 'persona', versions: [{ version: '1.0.0' }] },
      { name: 'dead', live: false, versions: [{ version: '1.0.0', needs: [{ target: 'hidden' }] }] },
      { name: 'secret', versions: [{ version: '1.0.0', needs: [{ target: 'hidden' }] }] },
    ])
    const { steps } = await world.down('a', '1.0.0', { sees: ({ slug }) => slug !== 'secret' })
    assert.deepEqual(steps.map(({ name }) => name).sort(), targets.toSorted())
    assert.deepEqual(steps.flatMap(({ artifact }) => artifact ?? []).sort(), ['id-b', 'id-p'])
    assert.deepEqual((await world.down('a', '1.0.0')).steps.filter(({ name }) => name === 'hidden').length, 1)
  })

  it('reads all that a version needs, also what is on further pages', async () => {
    const needs = Array.from({ length: 1_100 }, (_, at) => ({ target: `other-${at}` }))
    await using world = await walker([{ name: 'a', versions: [{ version: '1.0.0', needs }] }])
    assert.equal((await world.down('a', '1.0.0')).steps.length, 1_100)
  })

  it('says which artifact has too many versions to be looked through', async () => {
    await using world = await walker(
      [
        { name: 'a', versions: [{ version: '1.0.0', needs: [{ target: 'skill:acme/b' }] }] },
        { name: 'b', versions: [1, 2, 3].map((major) => ({ version: `${major}.0.0` })) },
      ],
      { limits: { versionsListed: 2 } },
    )
    await assert.rejects(
      world.down('a', '1.0.0'),
      (error) => error instanceof RegistryError && error.code === 'too-large',
    )
  })
})

describe('dependentsOf', () => {
  it('tells who needs it, how, at which version, and who needs those', async () => {
    await using world = await walker([
      { name: 'a', versions: [{ version: '1.0.0' }] },
      {
        name: 'b',
        versions: [
          { version: '1.2.0', needs: [{ target: 'skill:acme/a', range: '^1', relation: 'extends' }] },
        ],
      },
      {
        name: 'c',
        versions: [{ version: '3.0.0', needs: [{ target: 'skill:acme/b' }, { target: 'other' }] }],
      },
    ])
    assert.deepEqual(await world.up('a'), {
      steps: [
        {
          name: 'skill:acme/b',
          by: 'skill:acme/a',
          relation: 'extends',
          range: '^1',
          depth: 1,
          artifact: 'id-b',
          version: '1.2.0',
        },
        {
          name: 'skill:acme/c',
          by: 'skill:acme/b',
          relation: 'uses',
          range: '',
          depth: 2,
          artifact: 'id-c',
          version: '3.0.0',
        },
      ],
      cycles: [],
      cut: false,
    })
  })

  it('asks the version at which others stand, however many they have and however small pages are', async () => {
    const needs = [{ target: 'skill:acme/a', relation: 'extends' }, { target: 'skill:acme/a' }]
    const many = (count: number): WorldVersion[] =>
      Array.from({ length: count }, (_, at) => ({ version: `${at}.0.0`, needs }))
    const without = { version: '77.0.0' }
    for (const pageSize of [1, 2, 3, 7, 1_000]) {
      await using world = await walker(
        [
          { name: 'a', versions: [{ version: '1.0.0' }] },
          { name: 'b', current: '5.0.0', versions: many(9) },
          { name: 'c', current: '77.0.0', versions: [...many(5), without] },
          { name: 'd', current: '0.0.0', versions: many(1) },
          { name: 'e', live: false, versions: many(1) },
          { name: 'f', current: '3.0.0', versions: many(4) },
          { name: 'g', versions: many(1) },
        ],
        { limits: { pageSize } },
      )
      const walked = await world.up('a', { sees: ({ slug }) => slug !== 'g' })
      assert.deepEqual(depths(walked), ['b1', 'd1', 'f1'])
      assert.deepEqual(
        walked.steps.map(({ version, relation }) => [version, relation]),
        [
          ['5.0.0', 'extends'],
          ['0.0.0', 'extends'],
          ['3.0.0', 'extends'],
        ],
      )
      assert.equal(walked.cut, false)
    }
  })
})

describe('walks', () => {
  const graph = { a: 'bc', b: 'd', c: 'de', d: 'f', e: '', f: 'b' }

  it('come to each thing once, at its smallest depth', async () => {
    await using world = await walker(plain(graph))
    assert.deepEqual(depths(await world.down('a', '1.0.0')), ['b1', 'c1', 'd2', 'e2', 'f3'])
    assert.deepEqual(depths(await world.up('d')), ['b1', 'c1', 'a2', 'f2'])
  })

  it('name cycles by their path, in the direction in which things need each other', async () => {
    await using world = await walker(plain(graph))
    assert.deepEqual(cycles(await world.down('a', '1.0.0')), ['b → d → f → b'])
    assert.deepEqual(cycles(await world.down('d', '1.0.0')), ['d → f → b → d'])
    assert.deepEqual(cycles(await world.up('d')), ['d → f → b → d'])
    await using own = await walker(plain({ a: 'ab', b: 'a' }))
    assert.deepEqual(cycles(await own.down('a', '1.0.0')), ['a → a', 'a → b → a'])
    assert.deepEqual(cycles(await own.up('a')), ['a → a', 'a → b → a'])
  })

  it('name a cycle also where the range leads to another version', async () => {
    await using world = await walker([
      {
        name: 'a',
        versions: [
          { version: '1.0.0' },
          { version: '2.0.0', state: 'draft', needs: [{ target: 'skill:acme/b' }] },
        ],
      },
      { name: 'b', versions: [{ version: '1.0.0', needs: [{ target: 'skill:acme/a', range: '^1' }] }] },
    ])
    const walked = await world.down('a', '2.0.0')
    assert.deepEqual(depths(walked), ['b1', 'a2'])
    assert.deepEqual(cycles(walked), ['a → b → a'])
  })

  it('say that they were cut only where there is more', async () => {
    await using world = await walker(plain(graph))
    const down = async (limits: Partial<WalkLimits>) => await world.down('a', '1.0.0', limits)
    const up = async (limits: Partial<WalkLimits>) => await world.up('d', limits)
    for (const [walk, limits, count, cut] of [
      [down, { depth: 3 }, 5, false],
      [down, { depth: 2 }, 4, true],
      [down, { depth: 0 }, 0, true],
      [down, { count: 5 }, 5, false],
      [down, { count: 4 }, 4, true],
      [down, { count: 0 }, 0, true],
      [up, { depth: 2 }, 4, false],
      [up, { depth: 1 }, 2, true],
      [up, { count: 4 }, 4, false],
      [up, { count: 1 }, 1, true],
      [up, { count: 0 }, 0, true],
    ] as const) {
      const walked = await walk(limits)
      assert.deepEqual([walked.steps.length, walked.cut], [count, cut], JSON.stringify(limits))
    }
    const alone = await world.down('e', '1.0.0', { depth: 0, count: 0 })
    assert.deepEqual(alone, { steps: [], cycles: [], cut: false })
  })

  it('tell a cycle that closes at the depth at which they end', async () => {
    await using world = await walker(plain({ a: 'b', b: 'c', c: 'ad', d: '' }))
    const walked = await world.down('a', '1.0.0', { depth: 2 })
    assert.deepEqual([depths(walked), cycles(walked), walked.cut], [['b1', 'c2'], ['a → b → c → a'], true])
  })

  it('end when their time is over', async () => {
    for (const walk of ['down', 'up'] as const) {
      const chain = plain({ a: 'b', b: 'c', c: '' })
      let reads = 0
      const options: TestCoreOptions = {
        limits: { scanTime: 10 },
        wrap: (store) =>
          overStore(store, {
            find: async (table, query) => {
              if (table.name === 'edges' && ++reads === 2) await world.test.clock.advance(11)
              return await store.find(table, query)
            },
          }),
      }
      await using world = await walker(chain, options)
      const walked = walk === 'down' ? await world.down('a', '1.0.0') : await world.up('c')
      assert.deepEqual([walked.steps.length, walked.cut], [2, true])
    }
  })

  it('say that they were cut where time is over amid those who need one thing, though none of them counts', async () => {
    const dead = plain({ a: 'e', b: 'e', c: 'e', d: 'e' }).map((one) => ({ ...one, live: false }))
    let isSlow = true
    await using world: Walker = await walker([...dead, ...plain({ e: '' })], {
      limits: { scanTime: 10, pageSize: 1 },
      wrap: (store) =>
        overStore(store, {
          getMany: async (table, keys) => {
            if (isSlow) await world.test.clock.advance(4)
            return await store.getMany(table, keys)
          },
        }),
    })
    assert.deepEqual(await world.up('e'), { steps: [], cycles: [], cut: true })
    isSlow = false
    assert.deepEqual(await world.up('e'), { steps: [], cycles: [], cut: false })
  })

  it('tell a hundred cycles, and that there are more', async () => {
    const dense = (size: number): WorldArtifact[] => {
      const names = Array.from({ length: size }, (_, at) => `n${at}`)
      const needs = names.map((other) => ({ target: `skill:acme/${other}` }))
      return names.map((name) => ({ name, versions: [{ version: '1.0.0', needs }] }))
    }
    await using few = await walker(dense(13))
    const all = await few.down('n0', '1.0.0')
    assert.deepEqual([all.cycles.length, all.cut], [91, false])
    await using many = await walker(dense(14))
    const some = await many.down('n0', '1.0.0')
    assert.deepEqual([some.cycles.length, some.cut], [100, true])
  })

  it('wait for the store a few times for a thousand things, and not for each', async () => {
    const width = 36
    const targets = (of: string) =>
      Array.from({ length: width }, (_, at) => ({ target: `skill:acme/${of}${at}` }))
    const one = (name: string, needs: WorldVersion['needs'] = []): WorldArtifact => ({
      name,
      versions: [{ version: '1.0.0', needs }],
    })
    const middle = Array.from({ length: width }, (_, at) => one(`m${at}`, targets(`m${at}-`)))
    const leaves = middle.flatMap(({ name }) =>
      Array.from({ length: width }, (_, at) => one(`${name}-${at}`, [{ target: 'skill:acme/end' }])),
    )
    const turns = countTurns()
    await using world = await walker([one('top', targets('m')), ...middle, ...leaves, one('end')], {
      wrap: turns.wrap,
    })
    turns.reset()
    const down = await world.down('top', '1.0.0')
    assert.deepEqual(
      [down.steps.length, down.steps.at(-1)?.depth, down.cut],
      [width + width * width + 1, 3, false],
    )
    // Of each 64: who needs what, what of it is here, and which versions it has.
    assert.ok(turns.count() < 10 * (down.steps.length / 64), `${turns.count()} turns`)
    turns.reset()
    const up = await world.up('end')
    assert.deepEqual([up.steps.length, up.cut], [width + width * width + 1, false])
    assert.ok(turns.count() < 10 * (up.steps.length / 64), `${turns.count()} turns`)
  })
})

/** Every read takes a turn of the event loop: those that are asked together take one together. */
function countTurns() {
  let count = 0
  let waiting: Promise<void> | undefined
  const turn = (): Promise<void> => {
    waiting ??= new Promise((resolve) => {
      count += 1
      setImmediate(() => {
        waiting = undefined
        resolve()
      })
    })
    return waiting
  }
  return {
    count: () => count,
    reset: () => {
      count = 0
    },
    wrap: (store: Store): Store =>
      overStore(store, {
        get: async (table, key, from) => {
          await turn()
          return await store.get(table, key, from)
        },
        getMany: async (table, keys) => {
          await turn()
          return await store.getMany(table, keys)
        },
        find: async (table, query) => {
          await turn()
          return await store.find(table, query)
        },
      }),
  }
}

const names = ['a', 'b', 'c', 'd', 'e', 'f'] as const
const numbers = ['1.0.0', '1.1.0', '2.0.0', '2.0.0-rc.1'] as const
const worlds: fc.Arbitrary<WorldArtifact[]> = fc
  .tuple(
    ...names.map((name) =>
      fc.record({
        name: fc.constant(name),
        live: fc.constantFrom(true, true, true, true, false),
        current: fc.constantFrom(...numbers),
        versions: fc.uniqueArray(
          fc.record({
            version: fc.constantFrom(...numbers),
            state: fc.constantFrom('published', 'tagged', 'draft', 'yanked'),
            needs: fc.uniqueArray(
              fc.record({
                target: fc.constantFrom(
                  ...names.map((other) => `skill:acme/${other}`),
                  'foreign',
                  'persona:acme/a',
                ),
                relation: fc.constantFrom('uses', 'extends'),
                range: fc.constantFrom('', '', '*', '^1', '^2', '>=2.0.0-rc.0', '1.1.0', 'none'),
              }),
              { maxLength: 4, selector: ({ target, relation }) => `${target} ${relation}` },
            ),
          }),
          { maxLength: 4, selector: ({ version }) => version },
        ),
      }),
    ),
  )
  .map((all) => all as WorldArtifact[])

interface Model {
  readonly start: string
  /** What each place leads to; a place is a name and what was found of it. */
  readonly ways: ReadonlyMap<string, readonly string[]>
}

/** Resolution by the package's own search, over a list in no order. */
function resolved(world: readonly WorldArtifact[], target: string, range: string): string {
  const artifact = world.find((one) => fullName(one) === target && one.live !== false)
  if (artifact === undefined) return `${target} ${range}`
  const usable = artifact.versions
    .filter(({ state }) => state === 'published' || state === 'tagged')
    .map(({ version }) => version)
  // Without any version an artifact is what it stands at.
  if (artifact.versions.length === 0 && range === '') return `${target}@digest-${artifact.name}`
  const found = semver.validRange(range) === null ? null : semver.maxSatisfying(usable, range)
  const any =
    range === '' && found === null ? semver.maxSatisfying(usable, '*', { includePrerelease: true }) : found
  return any === null ? `${target} ${range}` : `${target}@${any}`
}

function downModel(world: readonly WorldArtifact[], start: string): Model {
  const ways = world.flatMap((artifact) =>
    artifact.versions.map(({ version, needs = [] }): [string, string[]] => [
      `${fullName(artifact)}@${version}`,
      needs.map(({ target, range = '' }) => resolved(world, target, range)),
    ]),
  )
  return { start, ways: new Map(ways) }
}

function upModel(world: readonly WorldArtifact[], start: string): Model {
  const needsOf = ({ versions, current }: WorldArtifact): readonly string[] =>
    versions.find(({ version }) => version === current)?.needs?.map(({ target }) => target) ?? []
  const ways = world.map((artifact): [string, string[]] => [
    fullName(artifact),
    world
      .filter((other) => other.live !== false && needsOf(other).includes(fullName(artifact)))
      .map((other) => fullName(other)),
  ])
  return { start, ways: new Map(ways) }
}

/** Depths by relaxing every edge again and again: slow, and no search in breadth. */
function depthsIn({ start, ways }: Model): ReadonlyMap<string, number> {
  const found = new Map([[start, 0]])
  for (let isDone = false; !isDone; ) {
    isDone = true
    for (const [from, others] of ways)
      for (const to of others) {
        const depth = (found.get(from) ?? Infinity) + 1
        if (depth < (found.get(to) ?? Infinity)) {
          found.set(to, depth)
          isDone = false
        }
      }
  }
  return found
}

const nameOfPlace = (place: string): string => place.split(/[@ ]/, 1)[0]!

/** Edges between names, of what was reached. */
function nameEdges(model: Model, reached: ReadonlyMap<string, number>, isUp: boolean): Set<string> {
  const found = new Set<string>()
  for (const [from, others] of model.ways)
    for (const to of others) {
      const ends = [nameOfPlace(from), nameOfPlace(to)]
      if (reached.has(from)) found.add((isUp ? ends.reverse() : ends).join(' '))
    }
  return found
}

/** By taking away, again and again, what nothing is needed by. */
function hasCycle(edges: ReadonlySet<string>): boolean {
  let left = [...edges].map((edge) => edge.split(' ') as [string, string])
  for (;;) {
    const needed = new Set(left.map(([, to]) => to))
    const rest = left.filter(([from]) => needed.has(from))
    if (rest.length === left.length) return left.length > 0
    left = rest
  }
}

function checkCycles({ cycles: paths }: Walked, edges: ReadonlySet<string>): void {
  const closing = new Set<string>()
  for (const path of paths) {
    assert.equal(path[0], path.at(-1))
    assert.equal(new Set(path).size, path.length - 1)
    for (const [at, name] of path.slice(1).entries()) assert.ok(edges.has(`${path[at]} ${name}`))
    closing.add(path.slice(-2).join(' '))
  }
  assert.equal(closing.size, paths.length, 'a cycle is there twice')
  assert.equal(paths.length > 0, hasCycle(edges))
  assert.ok(!hasCycle(new Set([...edges].filter((edge) => !closing.has(edge)))), 'a cycle is missing')
}

describe('walks over any graph', () => {
  const limits = fc.record({ depth: fc.nat({ max: 4 }), count: fc.nat({ max: 8 }) })
  const down = (step: Step): string =>
    step.version === undefined ? `${step.name} ${step.range}` : `${step.name}@${step.version}`

  async function agree(
    model: Model,
    walk: (limits?: WalkLimits) => Promise<Walked>,
    placeOf: (step: Step) => string,
    bounds: WalkLimits,
  ): Promise<void> {
    const isUp = placeOf !== down
    const reached = depthsIn(model)
    const expected = [...reached].filter(([place]) => place !== model.start)
    const whole = await walk()
    assert.equal(whole.cut, false)
    assert.deepEqual(new Map(whole.steps.map((step) => [placeOf(step), step.depth])), new Map(expected))
    assert.equal(whole.steps.length, expected.length)
    const isSorted = whole.steps.every(({ depth }, at) => at === 0 || whole.steps[at - 1]!.depth <= depth)
    assert.ok(isSorted)
    for (const step of whole.steps) {
      const from = [...reached].filter(
        ([place, depth]) => nameOfPlace(place) === step.by && depth === step.depth - 1,
      )
      assert.ok(from.some(([place]) => model.ways.get(place)?.includes(placeOf(step))))
    }
    const edges = nameEdges(model, reached, isUp)
    checkCycles(whole, edges)

    const bounded = await walk(bounds)
    const within = whole.steps.filter(({ depth }) => depth <= bounds.depth)
    assert.deepEqual(bounded.steps, within.slice(0, bounds.count))
    assert.equal(bounded.cut, bounded.steps.length < whole.steps.length)
    for (const path of bounded.cycles)
      for (const [at, name] of path.slice(1).entries()) assert.ok(edges.has(`${path[at]} ${name}`))
  }

  it('find what a model finds of what is needed', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, limits, async (artifacts, bounds) => {
        await using world = await walker(artifacts, { limits: { pageSize: 3 } })
        for (const { version } of artifacts[0]!.versions)
          await agree(
            downModel(artifacts, `skill:acme/a@${version}`),
            async (given) => await world.down('a', version, given),
            down,
            bounds,
          )
      }),
      { numRuns: 100 },
    )
  })

  it('find what a model finds of who needs it', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, limits, fc.constantFrom(1, 2, 1_000), async (artifacts, bounds, pageSize) => {
        await using world = await walker(artifacts, { limits: { pageSize } })
        await agree(
          upModel(artifacts, 'skill:acme/a'),
          async (given) => await world.up('a', given),
          ({ name }) => name,
          bounds,
        )
      }),
      { numRuns: 100 },
    )
  })
})
