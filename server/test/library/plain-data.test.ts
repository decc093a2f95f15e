import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { MemoryBackend, RegistryManager, unwrap, ValidationError } from '../../src/library/index.ts'
import { threadMs } from '../kit/thread-ms.ts'
import { failure, usual } from './manager/world.ts'

/** ms of this thread. Far above what the machine needs, and far below what copying all of it takes. */
const atOnce = 1_500

/** Made by the test that needs them, and gone with it: whoever shares the process would have them in every collection. */
function tooMany(): { wide: Record<string, number>; doubled: unknown; numbers: number[] } {
  const wide: Record<string, number> = {}
  for (let at = 0; at < 1_000_000; at++) wide[`k${at}`] = 1
  let doubled: unknown = 1
  for (let level = 0; level < 60; level++) doubled = [doubled, doubled]
  return { wide, doubled, numbers: new Array(5_000_000).fill(1) }
}

async function connected(limits = {}): Promise<{ backend: MemoryBackend; registry: RegistryManager }> {
  const backend = new MemoryBackend({ jobs: false, limits })
  unwrap(await backend.connect())
  return { backend, registry: new RegistryManager(backend) }
}

async function refusal(work: Promise<unknown>): Promise<ValidationError> {
  const began = threadMs()
  const error = await work.then(
    () => undefined,
    (error: unknown) => error,
  )
  const took = threadMs() - began
  assert.ok(took < atOnce, `${took} ms`)
  assert.ok(error instanceof ValidationError, String(error))
  return error
}

describe('what is given as an object', () => {
  test('has so many values at most, and more are refused before they are copied', async () => {
    const { backend, registry } = await connected()
    const { wide, doubled, numbers } = tooMany()
    for (const ast of [wide, doubled, numbers]) {
      const error = await refusal(registry.create({ ...usual, ast }))
      assert.deepEqual([error.field, error.message.includes('limits.jsonNodes')], ['ast', true])
    }
    const given = { type: 'skill', source: 'x', metadata: { name: 'x' } } as const
    for (const data of [wide, { doubled }, { numbers }]) {
      const document = await refusal(backend.create({ ...given, document: data }).then(unwrap))
      assert.equal(document.field, 'document')
      const metadata = { name: 'x', custom: data }
      const custom = await refusal(backend.create({ ...given, metadata }).then(unwrap))
      assert.equal(custom.field, 'metadata.custom')
    }
    assert.equal(await registry.count(), 0)
    await backend.disconnect()
  })

  test('is counted value by value: as many as the limit are taken, one more is not', async () => {
    const { backend, registry } = await connected({ jsonNodes: 10 })
    // The object that holds an AST, the list, and what is in it.
    const { id } = await registry.create({ ...usual, ast: new Array(8).fill(1) })
    assert.deepEqual((await registry.read(id)).ast, new Array(8).fill(1))
    for (const ast of [new Array(9).fill(1), [[], [], [], [[[[[[[]]]]]]]]])
      assert.equal(await failure(registry.update(id, { ast })), 'ValidationError VALIDATION ast')
    await backend.disconnect()
  })

  test('that has too many bytes is told the limit that it is over', async () => {
    const limits = { sourceBytes: 2_000, customBytes: 1_000, documentBytes: 1_500 }
    const { backend, registry } = await connected(limits)
    const text = 'x'.repeat(2_100)
    for (const [given, told] of [
      [{ ast: text }, /2000 bytes \(limits\.sourceBytes\)/],
      [{ metadata: { text } }, /1000 bytes \(limits\.customBytes\)/],
      [{ document: { text } }, /1500 bytes \(limits\.documentBytes\)/],
    ] as const) {
      const error = await refusal(registry.create({ ...usual, ...given }))
      assert.match(error.message, told)
    }
    await backend.disconnect()
  })
})
