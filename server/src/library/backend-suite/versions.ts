import assert from 'node:assert/strict'
import { type BackendCase, done, made, named, refused } from './harness.ts'

export const versions: readonly BackendCase[] = [
  {
    name: 'a new version has its own source and changelog, the earlier ones stay, and the artifact stands at it',
    check: async ({ backend }) => {
      const { id, source } = await made(
        backend,
        named('Ada', { metadata: { version: '1.0.0' }, published: true }),
      )
      const second = done(
        await backend.createVersion(id, { version: '1.1.0', source: 'two', changelog: 'More.' }),
      )
      const { createdAt, ...rest } = second
      assert.ok(createdAt instanceof Date)
      assert.deepEqual(rest, {
        artifactId: id,
        version: '1.1.0',
        source: 'two',
        changelog: 'More.',
        published: false,
      })
      assert.deepEqual(done(await backend.getVersion(id, '1.1.0')), second)
      const first = done(await backend.getVersion(id, '1.0.0'))
      assert.deepEqual([first.source, first.published], [source, true])
      const read = done(await backend.read(id))
      assert.deepEqual([read.metadata.version, read.source], ['1.1.0', 'two'])
    },
  },
  {
    name: 'versions are listed from the highest on, as Semantic Versioning orders them',
    check: async ({ backend }) => {
      const { id } = await made(backend, named('Ada', { metadata: { version: '1.0.0-alpha' } }))
      const others = ['1.0.0', '10.0.0', '2.0.0', '1.0.0-alpha.1', '1.0.0-beta', '2.0.0-rc.1+build']
      for (const version of others) done(await backend.createVersion(id, { version, source: version }))
      const listed = done(await backend.listVersions(id))
      assert.deepEqual(
        listed.map(({ version }) => version),
        ['10.0.0', '2.0.0', '2.0.0-rc.1+build', '1.0.0', '1.0.0-beta', '1.0.0-alpha.1', '1.0.0-alpha'],
      )
      for (const version of listed.slice(0, -1)) {
        assert.equal(version.source, version.version)
        assert.deepEqual(done(await backend.getVersion(id, version.version)), version)
      }
    },
  },
  {
    name: 'a version that is there already is DUPLICATE, draft or published, and what is there stays',
    check: async ({ backend, leavingNothing }) => {
      const { id } = await made(backend, named('Ada', { metadata: { version: '1.0.0' }, source: 'one' }))
      done(await backend.createVersion(id, { version: '2.0.0', source: 'two', published: true }))
      await leavingNothing(async () => {
        for (const version of ['1.0.0', '2.0.0'])
          refused(await backend.createVersion(id, { version, source: 'other' }), 'DUPLICATE')
      })
      assert.deepEqual(
        done(await backend.listVersions(id)).map(({ source }) => source),
        ['two', 'one'],
      )
    },
  },
  {
    name: 'a version that is not there is NOT_FOUND, also where something else has that name',
    check: async ({ backend }) => {
      const { id } = await made(backend, named('Ada', { published: true }))
      for (const version of ['9.9.9', 'latest', 'v0.1.0', '0.1'])
        refused(await backend.getVersion(id, version), 'NOT_FOUND')
    },
  },
  {
    name: 'what is no version of Semantic Versioning is VALIDATION',
    check: async ({ backend, leavingNothing }) => {
      const { id } = await made(backend, named('Ada'))
      await leavingNothing(async () => {
        for (const version of [
          '',
          '1',
          '1.0',
          'v1.0.0',
          '01.0.0',
          '1.0.0-',
          'latest',
          '1.0.0 ',
          `1.0.0-${'a'.repeat(200)}`,
        ]) {
          refused(await backend.createVersion(id, { version, source: 'x' }), 'VALIDATION', 'version')
          refused(
            await backend.create(named('Bo', { metadata: { version } })),
            'VALIDATION',
            'metadata.version',
          )
          refused(await backend.update(id, { metadata: { version } }), 'VALIDATION', 'metadata.version')
        }
      })
    },
  },
  {
    name: 'a draft is published once, and then stays as it is',
    check: async ({ backend }) => {
      const { id } = await made(backend, named('Ada', { source: 'draft' }))
      assert.equal(done(await backend.update(id, { source: 'changed' })).source, 'changed')
      const published = done(await backend.update(id, { published: true }))
      assert.equal(published.published, true)
      refused(await backend.update(id, { source: 'again' }), 'CONFLICT')
      assert.equal(done(await backend.read(id)).source, 'changed')
    },
  },
]
