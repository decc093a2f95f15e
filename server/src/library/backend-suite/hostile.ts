import assert from 'node:assert/strict'
import type { ArtifactChanges, Backend, FindOptions, NewArtifact, NewVersion } from '../backend-types.ts'
import { isRegistryError } from '../errors.ts'
import type { Result } from '../result.ts'
import { type BackendCase, done, made, named, refused } from './harness.ts'

const long = 'x'.repeat(10_240)
const lone = 'half \ud800 of it'
const nul = 'a\0b'
const throwing = (): never => {
  throw new Error('looked at')
}
const trap: object = new Proxy(
  {},
  {
    get: throwing,
    has: throwing,
    ownKeys: throwing,
    getPrototypeOf: throwing,
    getOwnPropertyDescriptor: throwing,
  },
)
const revoked = (): object => {
  const { proxy, revoke } = Proxy.revocable([], {})
  revoke()
  return proxy
}
const getter = Object.defineProperty({}, 'name', { enumerable: true, get: throwing })
const endless: { self?: object } = {}
endless.self = endless

function deep(levels: number): unknown {
  let value: unknown = 1
  for (let level = 0; level < levels; level++) value = level % 2 === 0 ? { a: value } : [value]
  return { a: value }
}

/** What cannot be said of an artifact, by its field. */
const metadatas: readonly (readonly [string, unknown, RegExp?])[] = [
  ...['name', 'author', 'authorEmail', 'organization', 'license', 'repository', 'homepage', 'slug'].flatMap(
    (field): [string, unknown, RegExp?][] => [
      [field, long, /200/],
      [field, lone],
      [field, nul],
      [field, 7],
      [field, {}],
      [field, trap],
    ],
  ),
  ['description', 'x'.repeat(20_000), /10000/],
  ['description', lone],
  ['description', nul],
  ['name', ''],
  ['name', '  \n'],
  ['name', null],
  ['slug', 'Not A Slug'],
  ['slug', '../etc/passwd'],
  ['slug', 'a/b'],
  ['version', long, /128/],
  ['version', nul],
  ['version', 1],
  ['version', trap],
  ...['tags', 'skills', 'keywords'].flatMap((field): [string, unknown, RegExp?][] => [
    [field, Array.from({ length: 1_000_000 }, (_, n) => `t${n}`), /50/],
    [field, 'text'],
    [field, { length: 3 }],
    [field, revoked()],
    [field, trap],
  ]),
  ['tags[0]', [long], /100/],
  ['tags[1]', ['a', lone]],
  ['tags[0]', [nul]],
  ['tags[0]', ['']],
  ['tags[0]', [7]],
  ['tags[0]', [{}]],
  ['tags[0]', Object.defineProperty([], 0, { get: throwing })],
  ['skills[0].name', [{ name: long }], /100/],
  ['skills[0].name', [{}]],
  ['skills[0].proficiency', [{ name: 'a', proficiency: 'master' }]],
  ['skills[0].category', [{ name: 'a', category: nul }]],
  ['skills[0].level', [{ name: 'a', level: 1 }]],
  ['skills[0]', [null]],
  ['skills[1]', ['a', 'a']],
  ['custom', 'text'],
  ['custom', []],
  ['custom', deep(40), /16/],
  ['custom', deep(100_000), /16/],
  ['custom', endless, /16/],
  ['custom', { big: 'x'.repeat(70_000) }, /65536/],
  ['custom', { list: Array.from({ length: 100_000 }, () => 1) }, /65536/],
  ['custom', Object.fromEntries(Array.from({ length: 100_000 }, (_, n) => [`k${n}`, n])), /65536/],
  ['custom', { a: lone }],
  ['custom', { [nul]: 1 }],
  ['custom', { a: Number.NaN }],
  ['custom', { a: 1n }],
  ['custom', { a: () => 1 }],
  ['custom', { a: new Date() }],
  ['custom', { a: new Map() }],
  ['custom', { a: trap }],
  ['custom', { a: revoked() }],
  ['custom', trap],
  ['custom', getter],
  ['custom', JSON.parse('{"__proto__": {"polluted": true}}')],
  ['custom', JSON.parse('{"a": [{"__proto__": 1}]}')],
]

const wholes: readonly (readonly [string, unknown])[] = [
  ['artifact', undefined],
  ['artifact', null],
  ['artifact', 'text'],
  ['artifact', 7],
  ['artifact', []],
  ['artifact', () => 1],
  ['metadata', {}],
  ['metadata', { type: 'skill', source: 'x' }],
  ['metadata', { type: 'skill', source: 'x', metadata: null }],
  ['metadata', { type: 'skill', source: 'x', metadata: [] }],
  ['metadata.name', { type: 'skill', source: 'x', metadata: {} }],
  ['metadata.name', { type: 'skill', source: 'x', metadata: getter }],
  ['metadata.licence', { type: 'skill', source: 'x', metadata: { name: 'Ada', licence: 'MIT' } }],
  ['metadata.__proto__', { type: 'skill', source: 'x', metadata: JSON.parse('{"name":"A","__proto__":{}}') }],
  ['__proto__', JSON.parse('{"type":"skill","source":"x","metadata":{"name":"A"},"__proto__":{}}')],
  ['type', { source: 'x', metadata: { name: 'Ada' } }],
  ['type', { type: 'nothing', source: 'x', metadata: { name: 'Ada' } }],
  ['type', { type: '__proto__', source: 'x', metadata: { name: 'Ada' } }],
  ['type', { type: ['skill'], source: 'x', metadata: { name: 'Ada' } }],
  ['type', { type: long, source: 'x', metadata: { name: 'Ada' } }],
  ['source', { type: 'skill', metadata: { name: 'Ada' } }],
  ['source', { type: 'skill', source: 7, metadata: { name: 'Ada' } }],
  ['source', { type: 'skill', source: trap, metadata: { name: 'Ada' } }],
  ['source', { type: 'skill', source: lone, metadata: { name: 'Ada' } }],
  ['published', { type: 'skill', source: 'x', metadata: { name: 'Ada' }, published: 'yes' }],
  ['descripton', { type: 'skill', source: 'x', metadata: { name: 'Ada' }, descripton: 'x' }],
]

const finds: readonly (readonly [string, unknown])[] = [
  ['options', 7],
  ['options', []],
  ['where', { where: {} }],
  ['filter', { filter: 'all' }],
  ['filter.kind', { filter: { kind: 'skill' } }],
  ['filter.__proto__', { filter: JSON.parse('{"__proto__": {"deleted": true}}') }],
  ['filter.type', { filter: { type: 7 } }],
  ['filter.type[0]', { filter: { type: long } }],
  ['filter.tags', { filter: { tags: 'a' } }],
  ['filter.tags', { filter: { tags: Array.from({ length: 1_000_000 }, () => 'a') } }],
  ['filter.tags[0]', { filter: { tags: [nul] } }],
  ['filter.tags[0]', { filter: { tags: [lone] } }],
  ['filter.skills[0]', { filter: { skills: [long] } }],
  ['filter.author', { filter: { author: nul } }],
  ['filter.organization', { filter: { organization: long } }],
  ['filter.published', { filter: { published: 1 } }],
  ['filter.deleted', { filter: { deleted: 'true' } }],
  ['filter.custom', { filter: { custom: deep(50) } }],
  ['filter.custom', { filter: { custom: trap } }],
  ['sort.field', { sort: { field: 'rev' } }],
  ['sort.field', { sort: {} }],
  ['sort.field', { sort: { field: '__proto__' } }],
  ['sort.order', { sort: { field: 'name', order: 'up' } }],
  ['sort', { sort: 'name' }],
  ['pagination', { pagination: 3 }],
  ['pagination.page', { pagination: { page: 2 } }],
  ['pagination.offset', { pagination: { offset: 1, after: 'x' } }],
]

const ids: readonly unknown[] = [undefined, null, 7, {}, [], trap, nul, lone, long, Symbol('x')]

/** The same answer, whatever was given: one of VALIDATION. */
async function never(work: () => Promise<Result<unknown>>): Promise<void> {
  const result = await work()
  assert.equal(result.ok, false)
  if (!result.ok) assert.ok(isRegistryError(result.error, 'VALIDATION'), `${result.error.code}`)
}

export const hostile: readonly BackendCase[] = [
  {
    name: 'no metadata of a wrong form is taken: VALIDATION says which field, and the limit, and leaves nothing behind',
    check: async ({ backend, leavingNothing }) => {
      const { id } = await made(backend, named('Ada'))
      await leavingNothing(async () => {
        for (const [field, value, says = /./] of metadatas) {
          const name = /^[a-zA-Z]+/.exec(field)?.[0] ?? ''
          const metadata = { name: 'Bo', [name]: value }
          const given = { type: 'skill', source: 'x', metadata } as unknown as NewArtifact
          const told = refused(await backend.create(given), 'VALIDATION', `metadata.${field}`)
          assert.match(told, says, field)
          if (value === null) continue
          const changes = { metadata: { [name]: value } } as unknown as ArtifactChanges
          refused(await backend.update(id, changes), 'VALIDATION', `metadata.${field}`)
        }
      })
      assert.equal(Object.hasOwn(Object.prototype, 'polluted'), false)
      done(await backend.read(id))
    },
  },
  {
    name: 'nor what is too long for a path or a tag once it is written as one',
    check: async ({ backend, leavingNothing }) => {
      await leavingNothing(async () => {
        const [foreign, owner] = ['ü'.repeat(150), 'o'.repeat(199)]
        for (const [field, metadata] of [
          ['metadata.organization', { organization: foreign }],
          ['metadata.slug', { organization: owner, slug: 's'.repeat(60) }],
          ['metadata.version', { version: `1.0.0+${'b'.repeat(121)}` }],
        ] as const)
          assert.match(refused(await backend.create(named('Bo', { metadata })), 'VALIDATION', field), /long/)
      })
    },
  },
  {
    name: 'nor an artifact, a change, or a version of a wrong form',
    check: async ({ backend, leavingNothing }) => {
      const { id } = await made(backend, named('Ada'))
      await leavingNothing(async () => {
        for (const [field, given] of wholes)
          refused(await backend.create(given as NewArtifact), 'VALIDATION', field)
        await never(() => backend.create(trap as NewArtifact))
        await never(() => backend.create(revoked() as NewArtifact))
        for (const given of [
          undefined,
          null,
          7,
          'x',
          [],
          { source: 7 },
          { published: 1 },
          { metadata: 7 },
          { metadata: { organization: 'another' } },
          { descripton: 'x' },
          trap,
        ])
          await never(() => backend.update(id, given as ArtifactChanges))
        for (const given of [undefined, {}, { version: '2.0.0' }, { source: 'x' }, trap])
          await never(() => backend.createVersion(id, given as NewVersion))
        const version = { version: '2.0.0', source: 'x' }
        const unknown = { ...version, descripton: 'x' } as NewVersion
        refused(await backend.createVersion(id, unknown), 'VALIDATION', 'descripton')
        refused(
          await backend.createVersion(id, { ...version, changelog: 'x'.repeat(20_000) }),
          'VALIDATION',
          'changelog',
        )
        refused(await backend.createVersion(id, { ...version, version: nul }), 'VALIDATION', 'version')
        refused(await backend.createVersion(id, { ...version, source: lone }), 'VALIDATION', 'source')
      })
    },
  },
  {
    name: 'a source of 300 MB is VALIDATION with the limit, and leaves nothing behind',
    check: async ({ backend, leavingNothing }) => {
      const { id } = await made(backend, named('Ada'))
      const source = 'x'.repeat(300 * 1024 * 1024)
      await leavingNothing(async () => {
        for (const result of [
          await backend.create(named('Bo', { source })),
          await backend.update(id, { source }),
          await backend.createVersion(id, { version: '2.0.0', source }),
        ])
          assert.match(refused(result, 'VALIDATION', 'source'), /67108864/)
      })
    },
  },
  {
    name: 'an id of a wrong form is VALIDATION by every operation',
    check: async ({ backend, leavingNothing }) => {
      await leavingNothing(async () => {
        for (const given of ids) {
          const id = given as string
          for (const result of [
            await backend.read(id),
            await backend.update(id, { source: 'x' }),
            await backend.delete(id),
            await backend.purge(id),
            await backend.createVersion(id, { version: '1.0.0', source: 'x' }),
            await backend.listVersions(id),
            await backend.getVersion(id, '1.0.0'),
          ])
            refused(result, 'VALIDATION', 'id')
        }
      })
      const { id } = await made(backend, named('Ada'))
      for (const given of ids) refused(await backend.getVersion(id, given as string), 'VALIDATION', 'version')
    },
  },
  {
    name: 'a question of a wrong form is VALIDATION and says which part of it',
    check: async ({ backend }) => {
      await made(backend, named('Ada'))
      for (const [field, given] of finds)
        refused(await backend.find(given as FindOptions), 'VALIDATION', field)
      await never(() => backend.find(trap as FindOptions))
      await never(() => backend.find({ filter: trap } as FindOptions))
      await never(() => backend.find({ sort: trap } as unknown as FindOptions))
      await never(() => backend.find({ pagination: trap } as unknown as FindOptions))
      await never(() => backend.count(trap as Parameters<Backend['count']>[0]))
      await never(() => backend.count({ filter: { type: 7 } } as unknown as Parameters<Backend['count']>[0]))
      assert.equal(done(await backend.count()), 1)
    },
  },
  {
    name: 'in a transaction it is the same, and that goes on',
    check: async ({ backend }) => {
      const transaction = done(await backend.beginTransaction())
      refused(await transaction.create({ ...named('Ada'), source: lone }), 'VALIDATION', 'source')
      await never(() => transaction.create(trap as NewArtifact))
      refused(await transaction.read(nul), 'VALIDATION', 'id')
      await made(transaction, named('Ada'))
      done(await transaction.commit())
      assert.equal(done(await backend.count()), 1)
    },
  },
]
