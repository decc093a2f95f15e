import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { openMemorySearch } from '../../src/adapters/search/memory/open-memory-search.ts'
import { openMemoryStore } from '../../src/adapters/store/memory/memory-store.ts'
import {
  isRegistryError,
  MemoryBackend,
  RegistryManager,
  type Result,
  SemverManager,
  SQLiteBackend,
  StoreBackend,
  unwrap,
} from '../../src/library/index.ts'
import { overStore } from '../kit/over-store.ts'
import { failure, usual } from './manager/world.ts'

const throwing = (): never => {
  throw new Error('looked at')
}
const trap = (name: string): object => Object.defineProperty({}, name, { enumerable: true, get: throwing })
const engineWithout = (name: string): object =>
  new Proxy(openMemorySearch(), {
    get: (engine, member) => (member === name ? undefined : Reflect.get(engine, member)),
  })
const asleep = async (): Promise<void> => {}
const recipe = { name: 'recipe', about: 'How something is cooked', schema: { type: 'object' } }
const { proxy: revoked, revoke } = Proxy.revocable([], {})
revoke()

function fieldOf(result: Result<unknown>): string | undefined {
  if (result.ok) return 'none'
  return result.error.code === 'VALIDATION' ? result.error.field : result.error.code
}

describe('options that cannot be taken are VALIDATION, with their field', () => {
  test('of a backend, when it is connected', async () => {
    const wrong: readonly [unknown, string | undefined][] = [
      [null, 'options'],
      [7, 'options'],
      [[], 'options'],
      [revoked, 'options'],
      [{ limits: null }, 'limits'],
      [{ limits: 7 }, 'limits'],
      [{ limits: { titleLenght: 5 } }, 'limits.titleLenght'],
      [{ limits: { titleLength: '5' } }, 'limits.titleLength'],
      [{ limits: trap('titleLength') }, 'limits.titleLength'],
      [trap('limits'), 'limits'],
      [trap('kinds'), 'kinds'],
      [{ kinds: {} }, 'kinds'],
      [{ kinds: revoked }, 'kinds'],
      [{ kinds: [null] }, 'kinds[0]'],
      [{ kinds: [recipe, { ...recipe, name: 7 }] }, 'kinds[1].name'],
      [{ kinds: [{ ...recipe, schema: { f: () => 1 } }] }, 'kinds[0].schema'],
      [{ kinds: [{ ...recipe, extension: 7 }] }, 'kinds[0].extension'],
      [{ kinds: [{ ...recipe, needs: null }] }, 'kinds[0].needs'],
      [{ kinds: [{ ...recipe, needs: { a: 7 } }] }, 'kinds[0].needs.a'],
      [{ kinds: [recipe, { ...recipe, name: 'other' }, recipe] }, 'kinds[2].name'],
      [new Map(), 'options'],
      [{ limits: new Map([['titleLength', 5]]) }, 'limits'],
      [{ kinds: [{ ...recipe, needs: new Map([['a', 'needs']]) }] }, 'kinds[0].needs'],
      [{ quotas: null }, 'quotas'],
      [{ quotas: new Map([['acme', { bytes: 1 }]]) }, 'quotas'],
      [{ quotas: new URLSearchParams('acme=1') }, 'quotas'],
      [{ quotas: { acme: new Map([['bytes', 1]]) } }, 'quotas.acme'],
      [{ quotas: { beta: null } }, 'quotas.beta'],
      [{ quotas: { gamma: { bytes: 'x' } } }, 'quotas.gamma.bytes'],
      [{ quotas: { gamma: { bytes: -1 } } }, 'quotas.gamma.bytes'],
      [{ quotas: { gamma: { size: 1 } } }, 'quotas.gamma.size'],
      [{ jobs: 'no' }, 'jobs'],
      [{ cache: 7 }, 'cache'],
      [{ report: 7 }, 'report'],
      [{ cache: {} }, 'cache.get'],
      [{ cache: { get: () => undefined, set: () => undefined } }, 'cache.delete'],
      [{ cache: trap('get') }, 'cache.get'],
      [{ clock: 7 }, 'clock'],
      [{ clock: {} }, 'clock.now'],
      [{ clock: { now: Date.now } }, 'clock.monotonic'],
      [{ clock: { now: Date.now, monotonic: Date.now, idle: asleep } }, 'clock.sleep'],
      [{ clock: { now: Date.now, monotonic: Date.now, sleep: asleep, idle: 7 } }, 'clock.idle'],
      [{ clock: { now: Date.now, monotonic: Date.now, sleep: asleep, idle: null } }, 'clock.idle'],
      [{ random: null }, 'random'],
      [{ random: {} }, 'random.bytes'],
      [{ random: { bytes: () => new Uint8Array(), uuid: 'x' } }, 'random.uuid'],
      [{ wrap: 7 }, 'wrap'],
      [{ wrap: { store: 7 } }, 'wrap.store'],
      [{ wrap: { store: () => ({}) } }, 'wrap.store.get'],
      [{ wrap: { blobs: () => 7 } }, 'wrap.blobs'],
      [{ limit: {} }, 'limit'],
      [{ filename: 'x' }, 'filename'],
    ]
    for (const [options, field] of wrong) {
      const backend = new MemoryBackend(options as never)
      assert.equal(fieldOf(await backend.connect()), field)
      assert.equal(fieldOf(await backend.read('x')), 'UNAVAILABLE')
      assert.equal(fieldOf(await backend.disconnect()), 'none')
    }
    const twice = await new MemoryBackend({ kinds: [recipe, recipe] }).connect()
    assert.ok(!twice.ok)
    assert.match(twice.error.message, /recipe/)
    const map = await new MemoryBackend({ quotas: new Map() as never }).connect()
    assert.ok(!map.ok)
    assert.match(map.error.message, /a Map.*plain object/)
  })

  test('a clock of before there was idle works: it sleeps instead', async () => {
    class OldClock {
      readonly #slept = Promise.withResolvers<void>()
      readonly slept = this.#slept.promise
      now(): number {
        return Date.now()
      }
      monotonic(): number {
        return performance.now()
      }
      async sleep(_: number, signal?: AbortSignal): Promise<void> {
        this.#slept.resolve()
        if (!signal?.aborted) await new Promise((wake) => signal?.addEventListener('abort', wake))
      }
    }
    const clock = new OldClock()
    const backend = new MemoryBackend({ clock })
    unwrap(await backend.connect())
    await clock.slept
    unwrap(await backend.create({ type: 'file', source: '', metadata: { name: 'Ada' } }))
    unwrap(await backend.disconnect())
  })

  test('a store is let go of whose wrapping fails', async () => {
    let open = 0
    const backend = new StoreBackend({
      store: async (schema) => {
        const store = await openMemoryStore(schema)
        open += 1
        return overStore(store, {
          close: async () => {
            open -= 1
            await store.close()
          },
        })
      },
      wrap: { store: throwing },
    })
    assert.equal(fieldOf(await backend.connect()), 'INTERNAL')
    assert.equal(open, 0)
  })

  test('of SQLite, and of a store of one’s own', async () => {
    for (const [options, field] of [
      [undefined, 'options'],
      [null, 'options'],
      [{}, 'filename'],
      [trap('filename'), 'filename'],
      [{ filename: ':memory:', limits: null }, 'limits'],
      [{ filename: ':memory:', timeout: 'x' }, 'timeout'],
    ] as const)
      assert.equal(fieldOf(await new SQLiteBackend(options as never).connect()), field)
    for (const [options, field] of [
      [undefined, 'options'],
      [{}, 'store'],
      [{ store: 7 }, 'store'],
      [{ store: async () => undefined }, 'store'],
      [{ store: async () => ({}) }, 'store.get'],
      [{ store: openMemoryStore, blobs: async () => ({}) }, 'blobs.name'],
      [{ store: throwing, blobs: 7 }, 'blobs'],
    ] as const)
      assert.equal(fieldOf(await new StoreBackend(options as never).connect()), field)
  })

  test('as they were when the backend was made', async () => {
    const limits = { titleLength: 10 }
    const backend = new MemoryBackend({ limits, jobs: false })
    limits.titleLength = 100
    unwrap(await backend.connect())
    const long = { type: 'file', source: '', metadata: { name: 'x'.repeat(11) } }
    assert.equal(fieldOf(await backend.create(long)), 'metadata.name')
    unwrap(await backend.disconnect())
  })

  test('of a registry, and of what it can do', async () => {
    const backend = new MemoryBackend({ jobs: false })
    unwrap(await backend.connect())
    for (const [given, field] of [
      [[7], 'cache'],
      [[{}], 'cache.get'],
      [[{ get: () => undefined, set: 7 }], 'cache.set'],
      [[trap('get')], 'cache.get'],
      [[undefined, undefined, new Map()], 'options'],
      [[undefined, 7], 'searchEngine'],
      [[undefined, {}], 'searchEngine.mark'],
      ...(['mark', 'apply', 'rebuild', 'list', 'query', 'having', 'complete', 'similar'] as const).map(
        (name) => [[undefined, engineWithout(name)], `searchEngine.${name}`] as const,
      ),
      [[undefined, engineWithout('can')], 'searchEngine.can'],
      [[undefined, undefined, null], 'options'],
      [[undefined, undefined, { onError: 7 }], 'onError'],
      [[undefined, undefined, trap('onError')], 'onError'],
    ] as const)
      assert.throws(
        () => Reflect.construct(RegistryManager, [backend, ...given]),
        (error) => isRegistryError(error, 'VALIDATION') && error.field === field,
        field,
      )
    const registry = new RegistryManager(backend)
    const { id } = await registry.create(usual)
    const wrong: readonly [(given: never) => unknown, unknown, string][] = [
      [(given) => registry.dependencies(id, given), null, 'options'],
      [(given) => registry.dependencies(id, given), trap('version'), 'version'],
      [(given) => registry.dependencies(id, given), { deep: 1 }, 'deep'],
      [(given) => registry.dependents(id, given), null, 'options'],
      [(given) => registry.getTags(given), null, 'options'],
      [(given) => registry.getTags(given), { counts: 'x' }, 'counts'],
      [(given) => registry.getSkills(given), 7, 'options'],
      [(given) => registry.events(given), null, 'options'],
      [(given) => registry.events(given), { signal: 'x' }, 'signal'],
      [(given) => registry.events(given), { signal: revoked }, 'signal'],
      [(given) => registry.events(given), { from: null }, 'from'],
      [(given) => registry.once('*', given), undefined, 'listener'],
      [(given) => registry.on('*', given), undefined, 'listener'],
      [(given) => registry.find(given), null, 'query'],
      [(given) => registry.collections.list('', given), null, 'page'],
    ]
    for (const [call, given, field] of wrong) {
      const told = await failure((async () => call(given as never))())
      assert.equal(told, `ValidationError VALIDATION ${field}`)
    }
    unwrap(await backend.disconnect())
  })

  test('of versions', () => {
    const semver = new SemverManager()
    const versions = ['1.0.0']
    for (const [call, field] of [
      [() => semver.sort(null as never), 'versions'],
      [() => semver.sort('1.0.0' as never), 'versions'],
      [() => semver.sort(revoked as never), 'versions'],
      [() => semver.sort(versions, 'up' as never), 'order'],
      [() => semver.latest(null as never), 'versions'],
      [() => semver.latest(versions, null as never), 'options'],
      [() => semver.latest(versions, trap('range') as never), 'range'],
      [() => semver.satisfies('1.0.0', '*', null as never), 'options'],
      [() => semver.satisfies('1.0.0', '*', { includePrerelease: 'x' } as never), 'includePrerelease'],
    ] as const)
      assert.throws(call, (error) => isRegistryError(error, 'VALIDATION') && error.field === field, field)
    for (const options of [null, 7, trap('includePrerelease'), revoked])
      assert.equal(semver.coerce('v1.2.3-a', options as never), '1.2.3')
  })
})
