import assert from 'node:assert/strict'
import test from 'node:test'
import { openMemoryBlobs } from '../../src/adapters/blobs/memory/open-memory-blobs.ts'
import { ManualClock } from '../../src/adapters/clock/manual/manual-clock.ts'
import { openMemoryStore } from '../../src/adapters/store/memory/memory-store.ts'
import type { Body } from '../../src/boot/registry.ts'
import { schema } from '../../src/boot/schema.ts'
import { uploads } from '../../src/core/content/tables.ts'
import { digestOf } from '../../src/domain/digest-of.ts'
import { parseRepositoryName } from '../../src/domain/repository-name.ts'
import type { Blobs } from '../../src/ports/blobs/blobs.ts'
import { testCore } from './kit.ts'

const name = parseRepositoryName('acme/app')
const limits = { inlineBytes: 64 }

function body(text: string): Body {
  return {
    length: text.length,
    bytes: (async function* () {
      yield Buffer.from(text)
    })(),
  }
}

const [first, second, third] = ['a'.repeat(40), 'b'.repeat(200), 'c'.repeat(10)] as const

test('bytes that were acknowledged outlive a process that dies while it moves them into a file', async () => {
  const clock = new ManualClock()
  const store = await openMemoryStore(schema, { now: () => clock.now() })
  const blobs = openMemoryBlobs()
  const begun = Promise.withResolvers<void>()
  const dying: Blobs = {
    ...blobs,
    can: blobs.can,
    name: () => blobs.name(),
    length: (file) => blobs.length(file),
    list: (after) => blobs.list(after),
    append: () => {
      begun.resolve()
      return new Promise(() => {})
    },
  }
  const one = await testCore({ store, blobs: dying, clock, limits, bootId: 'boot-1' })
  const { id } = await one.registry.uploads.begin(one.caller, name)
  await one.registry.uploads.append(one.caller, name, id, body(first))
  void one.registry.uploads.append(one.caller, name, id, body(second))
  await begun.promise

  const two = await testCore({ store, blobs, clock, limits, bootId: 'boot-2', seed: 2 })
  assert.deepEqual(await two.registry.uploads.status(two.caller, name, id), { id, offset: first.length })
  assert.equal((await two.registry.uploads.append(two.caller, name, id, body(second))).offset, 240)
  assert.equal((await store.get(uploads, [id]))?.bytes.length, 0, 'they stand twice')
  const digest = digestOf(Buffer.from(first + second + third))
  assert.deepEqual(await two.registry.uploads.finish(two.caller, name, id, digest, body(third)), {
    digest,
    size: 250,
  })
})

test('and are verified as they are where nothing more comes', async () => {
  const clock = new ManualClock()
  const store = await openMemoryStore(schema, { now: () => clock.now() })
  const blobs = openMemoryBlobs()
  const begun = Promise.withResolvers<void>()
  const append = (): Promise<never> => {
    begun.resolve()
    return new Promise(() => {})
  }
  const dying: Blobs = {
    ...blobs,
    can: blobs.can,
    name: () => blobs.name(),
    length: (file) => blobs.length(file),
    list: (after) => blobs.list(after),
    append,
  }
  const one = await testCore({ store, blobs: dying, clock, limits, bootId: 'boot-1' })
  const { id } = await one.registry.uploads.begin(one.caller, name)
  await one.registry.uploads.append(one.caller, name, id, body(first))
  void one.registry.uploads.append(one.caller, name, id, body(second))
  await begun.promise
  const two = await testCore({ store, blobs, clock, limits, bootId: 'boot-2', seed: 2 })
  const digest = digestOf(Buffer.from(first))
  assert.deepEqual(await two.registry.uploads.finish(two.caller, name, id, digest, body('')), {
    digest,
    size: 40,
  })
})
