import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openMemoryCache } from '../../../src/adapters/cache/memory/open-memory-cache.ts'
import { unwrap } from '../../../src/library/result.ts'
import { onEachBackend } from './world.ts'

/** Takes everything out of an answer that can be taken, as deep as it goes. */
function plunder(answer: unknown): void {
  if (typeof answer !== 'object' || answer === null || answer instanceof Date) return
  for (const [name, member] of Object.entries(answer)) {
    plunder(member)
    ;(answer as Record<string, unknown>)[name] = 'taken'
  }
  if (Array.isArray(answer)) answer.length = 0
}

onEachBackend('an answer', (open) => {
  test('is its caller’s own: what becomes of it shows in no other', async () => {
    const tier = openMemoryCache({ maxBytes: 1_000_000 })
    await using world = await open({ tier })
    const { registry, backend } = world
    const given = {
      tags: ['a'],
      skills: [{ name: 'tact', category: 'c', proficiency: 'expert' as const }],
      metadata: { nested: { list: [1] } },
      ast: { body: [{ kind: 'x' }] },
      published: true,
    }
    const { id, slug } = await world.create(given)
    await world.create({ ...given, name: 'Other' })
    await registry.incrementDownloads(id)
    const collection = await registry.collections.create({ name: 'mine', artifacts: [id] })
    const asks: readonly (() => Promise<unknown>)[] = [
      () => registry.read(id),
      () => registry.readBySlug('acme', slug),
      () => registry.find(),
      () => registry.listVersions(id),
      () => registry.getVersion(id, '0.1.0'),
      () => registry.getTags({ counts: true }),
      () => registry.getSkills(),
      () => registry.getTrending(),
      () => registry.getRelated(id),
      () => registry.diff(id, '0.1.0', '0.1.0'),
      () => registry.collections.read(collection.id),
      async () => unwrap(await backend.read(id)),
      async () => unwrap(await backend.find()),
      async () => unwrap(await backend.listVersions(id)),
    ]
    for (const ask of asks) {
      const first = await ask()
      const kept = structuredClone(first)
      plunder(first)
      assert.deepEqual(await ask(), kept)
    }
  })
})
