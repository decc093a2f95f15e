import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  MemoryBackend,
  RegistryManager,
  type UserKind,
  unwrap,
  ValidationError,
} from '../../src/library/index.ts'

const recipe: UserKind = {
  name: 'recipe',
  about: 'How something is cooked',
  schema: {
    type: 'object',
    required: ['serves'],
    additionalProperties: false,
    properties: {
      serves: { type: 'integer' },
      course: { enum: ['main', 'dessert'] },
      notes: { type: 'object' },
    },
  },
}

async function connected(): Promise<MemoryBackend> {
  const backend = new MemoryBackend({ kinds: [recipe], jobs: false })
  unwrap(await backend.connect())
  return backend
}

function refused(field: string, reason: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof ValidationError, String(error))
    assert.equal(error.field, field)
    assert.match(error.message, reason)
    return true
  }
}

const pie = { type: 'recipe', metadata: { name: 'Pie' }, source: '# Pie' } as const

describe('the document of a kind', () => {
  test('is held against its schema by a backend, kept with its version, and merged into the next', async () => {
    const backend = await connected()
    const made = unwrap(await backend.create({ ...pie, document: { serves: 4, course: 'main' } }))
    const first = unwrap(await backend.getVersion(made.id, '0.1.0'))
    assert.deepEqual(first.document, { serves: 4, course: 'main' })
    unwrap(
      await backend.createVersion(made.id, { version: '0.2.0', source: '# Pie', document: { serves: 6 } }),
    )
    unwrap(await backend.update(made.id, { metadata: { version: '0.3.0' }, document: { course: null } }))
    assert.deepEqual(
      unwrap(await backend.listVersions(made.id)).map(({ version, document }) => [version, document]),
      [
        ['0.3.0', { serves: 6 }],
        ['0.2.0', { serves: 6, course: 'main' }],
        ['0.1.0', { serves: 4, course: 'main' }],
      ],
    )
    await backend.disconnect()
  })

  test('that is none of its kind is VALIDATION by the place in it, and leaves nothing behind', async () => {
    const backend = await connected()
    const wrong: readonly [unknown, string, RegExp][] = [
      [{ serves: 'four' }, 'document.serves', /whole number/],
      [{ serves: 4, cours: 'main' }, 'document.cours', /did you mean course/],
      [{}, 'document.serves', /missing/],
      ['text', 'document', /object/],
      [{ serves: Number.NaN }, 'document', /number/],
      [{ serves: 1, notes: { a: 'x'.repeat(1_100_000) } }, 'document', /1048576|larger|bytes/],
    ]
    for (const [document, field, reason] of wrong) {
      const made = await backend.create({ ...pie, document: document as never })
      assert.ok(!made.ok)
      refused(field, reason)(made.error)
    }
    assert.equal(unwrap(await backend.count()), 0)
    const { id } = unwrap(await backend.create({ ...pie, document: { serves: 1 } }))
    const changed = await backend.update(id, { document: { serves: 'two' as never } })
    assert.ok(!changed.ok)
    refused('document.serves', /whole number/)(changed.error)
    assert.deepEqual(unwrap(await backend.getVersion(id, '0.1.0')).document, { serves: 1 })
    await backend.disconnect()
  })

  test('goes through the manager too, and another one on a published version is CONFLICT', async () => {
    const backend = await connected()
    const registry = new RegistryManager(backend)
    const given = { orgId: 'acme', name: 'Pie', type: 'recipe', sourceCode: '# Pie', version: '1.0.0' }
    await assert.rejects(
      registry.create({ ...given, document: { serves: '4' } }),
      refused('document.serves', /whole number/),
    )
    const { id } = await registry.create({ ...given, document: { serves: 4 }, published: true })
    assert.deepEqual((await registry.getVersion(id, '1.0.0')).document, { serves: 4 })
    await registry.update(id, { document: { serves: 4 } })
    await assert.rejects(registry.update(id, { document: { serves: 5 } }), { code: 'CONFLICT' })
    await registry.update(id, { version: '1.1.0', document: { serves: 5 } })
    const { fields } = await registry.diff(id, '1.0.0', '1.1.0')
    assert.deepEqual(
      fields.map(({ path }) => path).filter((path) => path.includes('serves')),
      ['/document/serves'],
    )
    await backend.disconnect()
  })
})
