import assert from 'node:assert/strict'
import type { ArtifactChanges, NewArtifact } from '../backend-types.ts'
import { type BackendCase, done, made, named, refused } from './harness.ts'

const whole: NewArtifact = {
  type: 'persona',
  metadata: {
    name: 'Ada the Reviewer',
    slug: 'ada',
    description: 'Reviews what others write.',
    version: '1.2.3-beta.1+5',
    author: 'Ada',
    authorEmail: 'ada@example.org',
    organization: 'Acme',
    license: 'MIT',
    repository: 'https://example.org/ada.git',
    homepage: 'https://example.org/ada',
    tags: ['review', 'code'],
    skills: ['reading', { name: 'writing', category: 'craft', proficiency: 'expert' }],
    keywords: ['a', 'b'],
    custom: { level: 3, deep: { list: [1, 'two', null, true] } },
  },
  source: 'PERSONA Ada\n',
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

export const making: readonly BackendCase[] = [
  {
    name: 'what is created is read back whole',
    check: async ({ backend }) => {
      const begun = Date.now()
      const created = await made(backend, whole)
      assert.match(created.id, uuid)
      const { id, createdAt, updatedAt, ...rest } = created
      assert.deepEqual(rest, {
        ...whole,
        stats: { downloads: 0, stars: 0, views: 0 },
        published: false,
        deleted: false,
      })
      assert.ok(createdAt instanceof Date && Math.abs(createdAt.getTime() - begun) < 60_000)
      assert.deepEqual(updatedAt, createdAt)
      assert.deepEqual(done(await backend.read(id)), created)
      assert.deepEqual(done(await backend.find()).items, [created])
    },
  },
  {
    name: 'a name alone will do: slug and version are made, and nothing is said that was not given',
    check: async ({ backend }) => {
      const { metadata, source } = await made(backend, {
        type: 'file',
        metadata: { name: 'Größe & Co.' },
        source: '',
      })
      assert.deepEqual(metadata, { name: 'Größe & Co.', slug: 'grosse-co', version: '0.1.0', tags: [] })
      assert.equal(source, '')
    },
  },
  {
    name: 'a slug that is made is free; one that is asked for and taken is DUPLICATE, across kinds, and nothing is left',
    check: async ({ backend, leavingNothing }) => {
      const slugs = []
      for (let n = 0; n < 3; n++) slugs.push((await made(backend, named('Ada'))).metadata.slug)
      assert.deepEqual(slugs, ['ada', 'ada-2', 'ada-3'])
      await leavingNothing(async () => {
        refused(await backend.create(named('Other', { metadata: { slug: 'ada' } })), 'DUPLICATE')
        refused(
          await backend.create(named('Other', { type: 'team', metadata: { slug: 'ada' } })),
          'DUPLICATE',
        )
      })
      const elsewhere = await made(
        backend,
        named('Other', { metadata: { slug: 'ada', organization: 'acme' } }),
      )
      assert.equal(elsewhere.metadata.slug, 'ada')
    },
  },
  {
    name: 'an update merges deeply, replaces lists as a whole, and leaves what it does not name',
    check: async ({ backend }) => {
      const { id, createdAt } = await made(backend, whole)
      const changes = {
        metadata: { description: 'Reads.', tags: ['new'], custom: { level: 4, deep: { more: 1 } } },
        source: 'PERSONA Ada 2\n',
      }
      const updated = done(await backend.update(id, changes))
      assert.deepEqual(updated.metadata, {
        ...whole.metadata,
        description: 'Reads.',
        tags: ['new'],
        custom: { level: 4, deep: { list: [1, 'two', null, true], more: 1 } },
      })
      assert.equal(updated.source, 'PERSONA Ada 2\n')
      assert.deepEqual(updated.createdAt, createdAt)
      assert.ok(updated.updatedAt >= createdAt)
      assert.deepEqual(done(await backend.read(id)), updated)
    },
  },
  {
    name: 'what was read can be given back to update as it is, and changes nothing that was said',
    check: async ({ backend }) => {
      const created = await made(backend, whole)
      const { metadata, source } = created
      const updated = done(await backend.update(created.id, { metadata, source }))
      assert.deepEqual({ ...updated, updatedAt: created.updatedAt }, created)
    },
  },
  {
    name: 'null in custom takes a member away, and an empty text what was said',
    check: async ({ backend }) => {
      const { id } = await made(backend, whole)
      const updated = done(
        await backend.update(id, { metadata: { author: '', custom: { deep: null }, keywords: [] } }),
      )
      const { author, keywords, custom } = updated.metadata
      assert.deepEqual(
        { author, keywords, custom },
        { author: undefined, keywords: undefined, custom: { level: 3 } },
      )
    },
  },
  {
    name: 'the slug, the kind and the id stay: others are VALIDATION',
    check: async ({ backend }) => {
      const { id, type } = await made(backend, whole)
      const other = type === 'skill' ? 'persona' : 'skill'
      for (const [field, changes] of [
        ['type', { type: other }],
        ['id', { id: 'other' }],
      ] as const)
        refused(
          await backend.update(id, { source: 'other', ...changes } as ArtifactChanges),
          'VALIDATION',
          field,
        )
      assert.equal(done(await backend.read(id)).source, whole.source)
      refused(await backend.update(id, { metadata: { slug: 'other' } }), 'VALIDATION', 'metadata.slug')
      assert.equal(
        done(await backend.update(id, { metadata: { slug: 'ada', name: 'Ada' } })).metadata.name,
        'Ada',
      )
    },
  },
  {
    name: 'a published artifact keeps its source: another one is CONFLICT, and a new version is well',
    check: async ({ backend }) => {
      const { id, published } = await made(backend, { ...whole, published: true })
      assert.equal(published, true)
      refused(await backend.update(id, { source: 'other' }), 'CONFLICT')
      refused(await backend.update(id, { published: false }), 'CONFLICT')
      const described = done(await backend.update(id, { metadata: { description: 'New.' } }))
      assert.equal(described.metadata.description, 'New.')
      const next = done(await backend.update(id, { metadata: { version: '2.0.0' }, source: 'other' }))
      assert.deepEqual([next.metadata.version, next.source], ['2.0.0', 'other'])
      assert.equal(done(await backend.getVersion(id, '1.2.3-beta.1+5')).source, whole.source)
    },
  },
  {
    name: 'what is not there is NOT_FOUND, by every operation that names it',
    check: async ({ backend, leavingNothing }) => {
      const id = '01890a5d-ac96-774b-bcce-b302099a8057'
      await leavingNothing(async () => {
        for (const one of [id, 'none', id.toUpperCase()]) {
          refused(await backend.read(one), 'NOT_FOUND')
          refused(await backend.update(one, { source: 'x' }), 'NOT_FOUND')
          refused(await backend.delete(one), 'NOT_FOUND')
          refused(await backend.purge(one), 'NOT_FOUND')
          refused(await backend.createVersion(one, { version: '1.0.0', source: 'x' }), 'NOT_FOUND')
          refused(await backend.listVersions(one), 'NOT_FOUND')
          refused(await backend.getVersion(one, '1.0.0'), 'NOT_FOUND')
        }
      })
    },
  },
]
