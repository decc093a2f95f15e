import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digestOf } from '../../../src/domain/digest-of.ts'
import { encodeForeignVersion } from '../../../src/domain/foreign-name.ts'
import { parseRepositoryName } from '../../../src/domain/repository-name.ts'
import type { Backend } from '../../../src/library/backend-types.ts'
import { type Embedded, embedded } from '../../../src/library/embedded.ts'
import { guardedFace } from '../../../src/library/guarded-face.ts'
import type { RegistryEvent } from '../../../src/library/registry-events.ts'
import { RegistryManager } from '../../../src/library/registry-manager.ts'
import { type TestCore, testCore } from '../../core/kit.ts'
import { usual } from './world.ts'

/** Nobody searches here. */
const searches: Embedded['searches'] = {
  during: async () => assert.fail('it is searched'),
}

/** It acts for nobody. */
const rights: Embedded['rights'] = {
  ready: async () => assert.fail('rights are asked for'),
  may: () => assert.fail('rights are asked for'),
  sight: () => assert.fail('rights are asked for'),
  permissionsOf: () => assert.fail('rights are asked for'),
  isUser: async () => assert.fail('rights are asked for'),
  refused: () => assert.fail('rights are asked for'),
}

/** A registry that OCI clients push to as well. */
async function pushable(): Promise<{ core: TestCore; registry: RegistryManager } & AsyncDisposable> {
  const core = await testCore()
  const { caller, events, generations } = core
  const { limits, kinds } = core.core
  const { artifacts } = core.registry
  const face = guardedFace(
    { artifacts, caller, rights, events, limits, kinds, generations, searches },
    (call) => call(),
  )
  const backend = { [embedded]: () => face } as unknown as Backend
  return {
    core,
    registry: new RegistryManager(backend),
    [Symbol.asyncDispose]: () => core[Symbol.asyncDispose](),
  }
}

interface Layer {
  readonly text: string | Uint8Array
  readonly title?: string
  readonly mediaType?: string
}

interface Pushed {
  readonly to: string
  readonly tag: string
  readonly config?: unknown
  readonly layers?: readonly Layer[]
  readonly annotations?: Record<string, string>
}

async function push(
  { registry, caller }: TestCore,
  { to, tag, config = {}, layers = [], annotations }: Pushed,
) {
  const repository = parseRepositoryName(to)
  const blob = async (content: string | Uint8Array, mediaType: string, title?: string) => {
    const bytes = Buffer.from(content)
    const digest = digestOf(bytes)
    const body = {
      bytes: (async function* () {
        yield bytes
      })(),
      length: bytes.length,
    }
    await registry.uploads.push(caller, repository, digest, body)
    const annotated = title && { annotations: { 'org.opencontainers.image.title': title } }
    return { mediaType, digest, size: bytes.length, ...annotated }
  }
  const manifest = {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: await blob(JSON.stringify(config), 'application/vnd.oci.image.config.v1+json'),
    layers: await Promise.all(
      layers.map(({ text, title, mediaType = 'text/plain' }) => blob(text, mediaType, title)),
    ),
    ...(annotations && { annotations }),
  }
  const bytes = Buffer.from(JSON.stringify(manifest))
  const request = { repository, reference: tag as never, tags: [], contentType: undefined, bytes, expect: {} }
  await registry.manifests.put(caller, request)
  return { digest: digestOf(bytes), text: bytes.toString() }
}

async function take(events: AsyncGenerator<RegistryEvent, void>, count: number): Promise<RegistryEvent[]> {
  const taken: RegistryEvent[] = []
  for await (const event of events) if (taken.push(event) === count) break
  return taken
}

test('what was pushed is read, found and told of like what was made here', async () => {
  await using world = await pushable()
  const { core, registry } = world
  const first = await push(core, {
    to: 'acme/app',
    tag: '1.0.0',
    layers: [{ text: 'a' }],
    annotations: { 'org.opencontainers.image.title': 'The App' },
  })
  assert.equal((await registry.readBySlug('acme', 'app')).name, 'The App')
  await push(core, { to: 'acme/app', tag: encodeForeignVersion('1.1.0+b'), layers: [{ text: 'b' }] })
  await push(core, { to: 'acme/app', tag: 'edge' })
  const app = await registry.readBySlug('acme', 'app')
  assert.deepEqual(
    [app.type, app.name, app.orgId, app.version, app.isLatest],
    ['image', 'app', 'acme', '1.1.0+b', true],
  )
  assert.equal(app.publishedAt?.getTime(), core.clock.now())
  const versions = await registry.listVersions(app.id)
  assert.deepEqual(
    versions.map(({ version, isLatest, published }) => [version, isLatest, published]),
    [
      ['1.1.0+b', true, true],
      ['1.0.0', false, true],
    ],
  )
  // An image has no source but its manifest.
  assert.equal((await registry.getVersion(app.id, '1.0.0')).sourceCode, first.text)
  assert.deepEqual((await registry.find({ type: 'image', isLatest: true })).items, [app])
  assert.equal(await registry.count({ type: 'image' }), 2)
  const told = await take(registry.events(), 5)
  assert.deepEqual(
    told.map((event) => [event.kind, 'slug' in event && event.slug, 'version' in event && event.version]),
    [
      ['artifact.created', 'app', '1.0.0'],
      ['version.published', 'app', '1.0.0'],
      ['artifact.updated', 'app', '1.1.0+b'],
      ['version.published', 'app', '1.1.0+b'],
      ['artifact.updated', 'app', false],
    ],
  )
})

test('what has no versions has one, by its digest, and is of nobody where its path says so', async () => {
  await using world = await pushable()
  const { core, registry } = world
  const { digest, text } = await push(core, { to: 'tool', tag: 'latest' })
  const tool = await registry.readBySlug('', 'tool')
  assert.deepEqual([tool.orgId, tool.version, tool.isLatest, tool.sourceCode], ['', digest, true, text])
  assert.deepEqual((await registry.find()).items, [tool])
  assert.deepEqual((await registry.find({ isLatest: true })).items, [tool])
  assert.deepEqual((await registry.find({ isLatest: false })).items, [])
  assert.deepEqual(
    (await registry.listVersions(tool.id)).map(({ version }) => version),
    [digest],
  )
  const version = await registry.getVersion(tool.id, digest)
  assert.deepEqual([version.name, version.sourceCode], [tool.name, text])
  await registry.purge(tool.id)
  const [, purged] = await take(registry.events(), 2)
  assert.ok(purged?.kind === 'artifact.purged')
  assert.deepEqual([purged.type, purged.orgId, purged.slug], ['image', '', 'tool'])
})

test('files that others call as ours are read only where they are what ours would be', async () => {
  await using world = await pushable()
  const { core, registry } = world
  const layers = (ast: string | Uint8Array): Layer[] => [{ text: 'SOURCE' }, { text: ast, title: 'ast.json' }]
  await push(core, { to: 'skill/acme/one', tag: '1.0.0', layers: layers('{"a":1}') })
  await push(core, { to: 'skill/acme/two', tag: '1.0.0', layers: layers('no JSON') })
  await push(core, { to: 'skill/acme/three', tag: '1.0.0', layers: layers(Uint8Array.of(0xff, 0xfe)) })
  const asts = []
  for (const slug of ['one', 'two', 'three']) asts.push((await registry.readBySlug('acme', slug)).ast)
  assert.deepEqual(asts, [{ a: 1 }, undefined, undefined])
  const one = await registry.readBySlug('acme', 'one')
  assert.equal(one.sourceCode, 'SOURCE')
})

test('a version that says nothing of itself that could be read says what the artifact says', async () => {
  await using world = await pushable()
  const { core, registry } = world
  await push(core, { to: 'acme/app', tag: '1.0.0', config: { name: 7 }, layers: [{ text: 'x' }] })
  await push(core, {
    to: 'acme/app',
    tag: '1.1.0',
    config: { name: 'Said', topics: ['t'] },
    layers: [{ text: 'y' }],
  })
  await push(core, { to: 'acme/app', tag: '1.2.0', layers: [{ text: 'z' }] })
  const { id, name } = await registry.readBySlug('acme', 'app')
  const said = async (version: string) => {
    const { name, tags } = await registry.getVersion(id, version)
    return [name, tags]
  }
  assert.deepEqual(await said('1.0.0'), [name, []])
  assert.deepEqual(await said('1.1.0'), ['Said', ['t']])
  assert.deepEqual(await said('1.2.0'), [name, []])
})

test('large content stands in files, and is read as small content is', async () => {
  await using world = await pushable()
  const { registry } = world
  const sourceCode = 'x'.repeat(200_000)
  const ast = { tree: 'y'.repeat(100_000) }
  const made = await registry.create({ ...usual, sourceCode, ast })
  const [found] = (await registry.find()).items
  assert.deepEqual([found?.sourceCode, found?.ast], [sourceCode, ast])
  assert.deepEqual(await registry.read(made.id), made)
})

test('what was written meanwhile does not change what a writer is told', async () => {
  const core = await testCore()
  const { caller, events } = core
  const { limits, kinds } = core.core
  const { artifacts } = core.registry
  let afterwards: (id: string) => Promise<void> = async () => {}
  const given: Omit<Embedded, 'during'> = {
    caller,
    rights,
    events,
    limits,
    kinds,
    searches,
    artifacts: {
      ...artifacts,
      create: async (...given) => {
        const made = await artifacts.create(...given)
        await afterwards(made.id)
        return made
      },
    },
  }
  const face = guardedFace(given, (call) => call())
  const registry = new RegistryManager({ [embedded]: () => face } as unknown as Backend)
  afterwards = (id) => artifacts.delete(caller, id)
  const gone = await registry.create({ ...usual, slug: 'gone' })
  assert.deepEqual([gone.slug, gone.sourceCode, gone.version], ['gone', usual.sourceCode, '0.1.0'])
  afterwards = async (id) => {
    await artifacts.update(caller, { id, version: '0.2.0', source: 'NEW' })
  }
  const older = await registry.create({ ...usual, slug: 'older' })
  assert.deepEqual([older.sourceCode, older.version, older.isLatest], [usual.sourceCode, '0.1.0', true])
  assert.equal((await registry.read(older.id)).sourceCode, 'NEW')
  await core[Symbol.asyncDispose]()
})
