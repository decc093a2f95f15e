import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { openMemoryDirectory } from '../../../src/adapters/directory/memory/open-memory-directory.ts'
import { type ExportReport, exportLayout } from '../../../src/core/care/export-layout.ts'
import { type ImportReport, type ImportRequest, importLayout } from '../../../src/core/care/import-layout.ts'
import { layoutLimits } from '../../../src/core/care/layout.ts'
import { auditEntries } from '../../../src/core/ledger/tables.ts'
import { type Digest, parseDigest } from '../../../src/domain/digest.ts'
import { digestOf } from '../../../src/domain/digest-of.ts'
import type { RepositoryName } from '../../../src/domain/repository-name.ts'
import type { Tag } from '../../../src/domain/tag.ts'
import { allRows, checkInvariants } from '../invariants.ts'
import { callerOf } from '../kit.ts'
import { app, bytesOf, other, type Piece, refused, type Scenario, scenario, tag } from '../scenario.ts'
import { ignore, never } from './backup-world.ts'

const ociIndex = 'application/vnd.oci.image.index.v1+json'
const ociManifest = 'application/vnd.oci.image.manifest.v1+json'
const refName = 'org.opencontainers.image.ref.name'
const operator = callerOf({ kind: 'system', name: 'operator' })

type Files = Map<string, Uint8Array>

async function exported(
  s: Scenario,
  references: readonly string[] = [],
  repository: RepositoryName = app,
): Promise<{ files: Files; report: ExportReport }> {
  const files: Files = new Map()
  const request = { repository, references: references as Tag[], to: openMemoryDirectory(files) }
  return { files, report: await exportLayout(s.test.core, request, ignore, never) }
}

async function imported(s: Scenario, files: Files, more: Partial<ImportRequest> = {}): Promise<ImportReport> {
  const request = { from: openMemoryDirectory(files), repository: other, ...more }
  return await importLayout(s.registry, s.test.core.limits, operator, request, ignore)
}

interface Entry {
  mediaType: string
  digest: string
  size: number
  artifactType?: string
  annotations?: Record<string, string>
}
const json = (files: Files, path: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(files.get(path) ?? []).toString())
const entries = (files: Files): Entry[] => json(files, 'index.json')['manifests'] as Entry[]
const pathOf = (digest: string): string => `blobs/${digest.replace(':', '/')}`

/** v1 and latest name an image; multi an index of two; the image has a signature, and that one has one too. */
async function filled(): Promise<{
  s: Scenario
  one: Piece
  two: Piece
  index: Piece
  signature: Piece
  second: Piece
  large: Piece
}> {
  const s = await scenario()
  const config = s.known('{}', Buffer.from('{}'))
  const [small, large] = [s.piece('small', 100), s.piece('large', 100_000)]
  for (const piece of [config, small, large]) await s.push(piece)
  const one = s.image('one', config, [small, large])
  const two = s.image('two', config, [small])
  const index = s.index('index', [one, two])
  const subject = (piece: Piece) => ({
    artifactType: 'application/x.signature',
    annotations: { by: 'ada' },
    subject: { mediaType: ociManifest, digest: piece.digest, size: piece.bytes.length },
  })
  const signature = s.image('signature', config, [], subject(one))
  const second = s.image('second', config, [], subject(signature))
  await s.put(one, 'v1', { tags: [tag('latest')] })
  await s.put(two)
  await s.put(index, 'multi')
  await s.put(signature)
  await s.put(second)
  return { s, one, two, index, signature, second, large }
}

test('a repository goes into a layout with what speaks of it, and out of it again into another, as it was', async () => {
  const { s, one, two, index, signature, second } = await filled()
  const { files, report } = await exported(s)
  assert.deepEqual(report, { tags: 3, manifests: 5, referrers: 2, blobs: 3, bytes: report.bytes, absent: [] })
  assert.deepEqual(json(files, 'oci-layout'), { imageLayoutVersion: '1.0.0' })
  assert.equal([...files.keys()].at(-1), 'index.json', 'it comes last')
  const [names, others] = [entries(files).slice(0, 3), entries(files).slice(3)]
  assert.deepEqual(
    names.map(({ digest, annotations }) => [annotations?.[refName], digest]),
    [
      ['latest', one.digest],
      ['multi', index.digest],
      ['v1', one.digest],
    ],
  )
  const speaking = others.filter(({ mediaType }) => mediaType === ociManifest)
  assert.deepEqual(speaking.map(({ digest }) => digest).sort(), [signature.digest, second.digest].sort())
  for (const { artifactType, annotations } of speaking) {
    assert.deepEqual([artifactType, annotations], ['application/x.signature', { by: 'ada' }])
  }
  const lists = others.filter(({ mediaType }) => mediaType === ociIndex)
  assert.deepEqual(
    lists.map(({ annotations }) => annotations?.[refName]).sort(),
    [one, signature].map(({ digest }) => digest.replace(':', '-')).sort(),
  )
  for (const [path, bytes] of files) {
    if (path.startsWith('blobs/')) assert.equal(pathOf(digestOf(bytes)), path)
  }

  const arrived = await scenario()
  const told = await imported(arrived, files, { repository: app })
  assert.deepEqual([...told.tags].sort(), ['latest', 'multi', 'v1'])
  assert.deepEqual(
    { ...told, tags: [] },
    { tags: [], manifests: 5, blobs: 3, bytes: 100_102, present: told.present, otherNames: [] },
  )
  await checkInvariants(arrived.test.core)
  assert.deepEqual(
    (await arrived.registry.tags.list(app, { limit: 100 })).tags,
    ['latest', 'multi', 'v1'],
    'no tags for lists of referrers',
  )
  for (const piece of [one, two, index, signature, second]) {
    assert.deepEqual(
      Buffer.from((await arrived.registry.manifests.get(app, piece.digest)).bytes),
      piece.bytes,
    )
  }
  const referrers = await arrived.registry.manifests.referrers(app, one.digest, { limit: 10 })
  assert.deepEqual(
    referrers.descriptors.map(({ digest }) => digest),
    [signature.digest],
  )
  const deeds = await allRows(arrived.test.store, auditEntries)
  assert.deepEqual([...new Set(deeds.map(({ by }) => by))], ['system:operator'])
})

test('what the repository has is not pushed again', async () => {
  const { s } = await filled()
  const { files } = await exported(s)
  await imported(s, files)
  const before = await s.lines()
  const again = await imported(s, files)
  assert.deepEqual([again.manifests, again.blobs, again.bytes], [0, 0, 0])
  assert.ok(again.present > 0)
  assert.deepEqual(await s.lines(), before)
})

test('some tags and digests are exported with what they need alone', async () => {
  const { s, two, index } = await filled()
  const small = await exported(s, [two.digest])
  assert.deepEqual(entries(small.files), [
    { mediaType: ociManifest, digest: two.digest, size: two.bytes.length },
  ])
  assert.deepEqual([small.report.tags, small.report.manifests, small.report.blobs], [0, 1, 2])
  const both = await exported(s, ['multi', two.digest])
  assert.deepEqual(
    entries(both.files)
      .slice(0, 2)
      .map(({ digest, annotations }) => [digest, annotations?.[refName]]),
    [
      [index.digest, 'multi'],
      [two.digest, undefined],
    ],
  )
  await refused(exported(s, ['none']), 'manifest-unknown')
  await refused(exported(s, [`sha256:${'0'.repeat(64)}`]), 'manifest-unknown')
  await refused(exported(s, [], other), 'name-unknown')
  const request = {
    repository: app,
    references: [],
    to: openMemoryDirectory(new Map([['mine', new Uint8Array()]])),
  }
  await refused(exportLayout(s.test.core, request, ignore, never), 'parameter-invalid')
})

test('content under sha512, and layers that are to be had elsewhere, go through', async () => {
  const s = await scenario()
  const bytes = Buffer.alloc(70_000, 'x')
  const layer: Piece = { digest: digestOf(bytes, 'sha512'), bytes }
  const config = s.known('{}', Buffer.from('{}'))
  await s.push(config)
  await s.push(layer)
  const elsewhere = {
    mediaType: 'application/vnd.oci.image.layer.nondistributable.v1.tar',
    digest: `sha256:${'1'.repeat(64)}`,
    size: 5,
    urls: ['https://example.org/layer'],
  }
  const described = (piece: Piece): object => ({
    mediaType: 'application/vnd.oci.image.layer.v1.tar',
    digest: piece.digest,
    size: piece.bytes.length,
  })
  const image = s.image('image', config, [], { layers: [described(layer), elsewhere] })
  const digest = digestOf(image.bytes, 'sha512')
  await s.put(image, digest, { tags: [tag('v1')] })
  const { files, report } = await exported(s)
  assert.deepEqual(report.absent, [elsewhere.digest])
  assert.ok(files.has(pathOf(layer.digest)) && files.has(pathOf(digest)))
  await imported(s, files)
  await checkInvariants(s.test.core)
  assert.equal((await s.registry.manifests.get(other, tag('v1'))).digest, digest)
  await using content = await s.registry.blobs.open(s.caller, other, layer.digest)
  assert.ok((await bytesOf(content)).equals(bytes))
})

test('one image may be given a tag of its own; names that are no tags are told, and whole names are understood', async () => {
  const { s, one } = await filled()
  const { files } = await exported(s, ['v1'])
  assert.deepEqual((await imported(s, files, { tag: tag('mine') })).tags, ['mine'])
  assert.equal((await s.registry.manifests.get(other, tag('mine'))).digest, one.digest)
  await refused(
    Promise.resolve().then(async () => await s.registry.manifests.get(other, tag('v1'))),
    'manifest-unknown',
  )
  const all = await exported(s)
  const { reason } = await refused(imported(s, all.files, { tag: tag('mine') }), 'parameter-invalid')
  assert.match(reason, /2 images/)
  const named = async (name: string): Promise<ImportReport> => {
    const renamed = new Map(files)
    const index = json(files, 'index.json')
    const manifests = [{ ...entries(files)[0], annotations: { [refName]: name } }]
    renamed.set('index.json', Buffer.from(JSON.stringify({ ...index, manifests })))
    return await imported(s, renamed)
  }
  assert.deepEqual((await named('registry.example:5000/acme/app:v7')).tags, ['v7'])
  assert.deepEqual((await named('app:v8')).tags, ['v8'])
  for (const name of ['acme/app', 'registry.example:5000/acme/app', `app@${one.digest}`, 'not a tag', '']) {
    const { tags, otherNames } = await named(name)
    assert.deepEqual([tags, otherNames], [[], [name]], name)
  }
})

test('an import is held to quotas as a push is, and one that failed goes on from there', async () => {
  const { s, one } = await filled()
  const { files } = await exported(s, ['v1'])
  const small = await scenario({
    rules: { quotas: new Map([['acme', { bytes: 90_000 }]]) },
  } as Parameters<typeof scenario>[0])
  await refused(imported(small, files), 'quota-exceeded')
  await checkInvariants(small.test.core)
  const broken = new Map(files)
  broken.delete(pathOf(one.digest))
  const arrived = await scenario()
  await refused(imported(arrived, broken), 'parameter-invalid')
  const told = await imported(arrived, files)
  assert.deepEqual(told.tags, ['v1'])
  await checkInvariants(arrived.test.core)
})

describe('a layout that is not sound is refused', () => {
  interface Way {
    readonly name: string
    readonly code?: 'parameter-invalid' | 'too-large' | 'manifest-reference-unknown'
    readonly why: RegExp
    spoil(files: Files, pieces: { one: Piece; large: Piece; s: Scenario }): void
  }
  const put = (files: Files, path: string, value: unknown): void =>
    void files.set(path, Buffer.from(JSON.stringify(value)))
  const edit = (files: Files, change: (entry: Record<string, unknown>) => void): void => {
    const manifests = entries(files).map((entry) => ({ ...entry }) as Record<string, unknown>)
    for (const entry of manifests) change(entry)
    put(files, 'index.json', { ...json(files, 'index.json'), manifests })
  }
  /** Another manifest in the place of the first one. */
  const instead = (files: Files, mediaType: string, document: object): void => {
    const bytes = Buffer.from(JSON.stringify(document))
    const digest = digestOf(bytes)
    files.set(pathOf(digest), bytes)
    put(files, 'index.json', { schemaVersion: 2, manifests: [{ mediaType, digest, size: bytes.length }] })
  }
  const ways: readonly Way[] = [
    { name: 'no oci-layout', why: /oci-layout is missing/, spoil: (files) => files.delete('oci-layout') },
    {
      name: 'another version',
      why: /version 1\.0\.0/,
      spoil: (files) => put(files, 'oci-layout', { imageLayoutVersion: '2.0.0' }),
    },
    { name: 'no index', why: /index\.json is missing/, spoil: (files) => files.delete('index.json') },
    {
      name: 'an index that is no JSON',
      why: /index\.json/,
      spoil: (files) => files.set('index.json', Buffer.from('{')),
    },
    {
      name: 'an index that is too large',
      code: 'too-large',
      why: /index\.json/,
      spoil: (files) => files.set('index.json', Buffer.alloc(layoutLimits.indexBytes + 1, ' ')),
    },
    {
      name: 'a digest that leads elsewhere',
      why: /digest/,
      spoil: (files) => edit(files, (entry) => Object.assign(entry, { digest: 'sha256:../../etc/passwd' })),
    },
    {
      name: 'a manifest that is missing',
      why: /is missing/,
      spoil: (files, { one }) => files.delete(pathOf(one.digest)),
    },
    {
      name: 'a manifest of another size',
      why: /bytes and not/,
      spoil: (files) => edit(files, (entry) => Object.assign(entry, { size: 5 })),
    },
    {
      name: 'a manifest of another digest',
      why: /another digest/,
      spoil: (files, { one }) => files.set(pathOf(one.digest), Buffer.from(one.bytes).fill(' ', 0, 1)),
    },
    {
      name: 'a manifest that is too large',
      code: 'too-large',
      why: /blobs/,
      spoil: (files, { one }) => files.set(pathOf(one.digest), Buffer.alloc(9 * 1024 * 1024)),
    },
    {
      name: 'a blob of another size',
      why: /bytes and not/,
      spoil: (files, { large }) => files.set(pathOf(large.digest), large.bytes.subarray(1)),
    },
    {
      name: 'a blob of another digest',
      why: /another digest/,
      spoil: (files, { large }) => files.set(pathOf(large.digest), Buffer.alloc(100_000, 'y')),
    },
    {
      name: 'a blob that is missing',
      code: 'manifest-reference-unknown',
      why: /does not hold/,
      spoil: (files, { large }) => files.delete(pathOf(large.digest)),
    },
    {
      name: 'a sparse index',
      code: 'manifest-reference-unknown',
      why: /does not hold/,
      spoil: (files) =>
        instead(files, ociIndex, {
          schemaVersion: 2,
          mediaType: ociIndex,
          manifests: [{ mediaType: ociManifest, digest: `sha256:${'2'.repeat(64)}`, size: 10 }],
        }),
    },
    {
      name: 'indexes in indexes without end',
      why: /more than 16 deep/,
      spoil: (files) => {
        let inner: object[] = []
        for (let depth = 0; depth <= layoutLimits.depth + 1; depth++) {
          const bytes = Buffer.from(
            JSON.stringify({ schemaVersion: 2, mediaType: ociIndex, manifests: inner }),
          )
          const digest = digestOf(bytes)
          files.set(pathOf(digest), bytes)
          inner = [{ mediaType: ociIndex, digest, size: bytes.length }]
        }
        put(files, 'index.json', { schemaVersion: 2, manifests: inner })
      },
    },
    {
      name: 'an index that names itself, which no digest allows',
      why: /another digest/,
      spoil: (files) => {
        const digest: Digest = parseDigest(`sha256:${'3'.repeat(64)}`)
        const self = { mediaType: ociIndex, digest, size: 0 }
        const bytes = Buffer.from(
          JSON.stringify({ schemaVersion: 2, mediaType: ociIndex, manifests: [self] }),
        )
        files.set(pathOf(digest), bytes)
        put(files, 'index.json', { schemaVersion: 2, manifests: [{ ...self, size: bytes.length }] })
      },
    },
  ]
  for (const { name, code = 'parameter-invalid', why, spoil } of ways) {
    test(name, async () => {
      const { s, one, large } = await filled()
      const { files } = await exported(s, ['latest'])
      spoil(files, { one, large, s })
      const arrived = await scenario()
      const error = await imported(arrived, files).catch((reason: unknown) => reason)
      await refused(Promise.reject(error), code)
      assert.match((error as Error).message, why)
      await checkInvariants(arrived.test.core)
      const { tags } = await arrived.registry.tags.list(other, { limit: 10 }).catch(() => ({ tags: [] }))
      assert.deepEqual(tags, [], 'no tag names what did not arrive')
    })
  }
})
