import assert from 'node:assert/strict'
import test from 'node:test'
import type { Body } from '../../src/boot/registry.ts'
import { digestOf } from '../../src/domain/digest-of.ts'
import { isRegistryError } from '../../src/domain/error.ts'
import { parseRepositoryName } from '../../src/domain/repository-name.ts'
import { testCore } from './kit.ts'

const name = parseRepositoryName('acme/app')
const bytes = Buffer.from('some bytes')
const digest = digestOf(bytes)

/** A body that does not end before it is let. */
function held(): { body: Body; begun: Promise<void>; let: () => void } {
  const begun = Promise.withResolvers<void>()
  const end = Promise.withResolvers<void>()
  const chunks = async function* (): AsyncGenerator<Uint8Array> {
    begun.resolve()
    await end.promise
    yield bytes
  }
  return { body: { bytes: chunks(), length: bytes.length }, begun: begun.promise, let: end.resolve }
}

test('one more writer than there may be is told to come back, and is welcome once another has ended', async () => {
  await using open = await testCore({ limits: { uploadsInProgress: 1 } })
  const { uploads } = open.registry
  const first = held()
  const pushed = uploads.push(open.caller, name, digest, first.body)
  await first.begun
  const second = held()
  second.let()
  await assert.rejects(
    uploads.push(open.caller, name, digest, second.body),
    (error) => isRegistryError(error, 'too-many-requests') && error.data.retryAfterMs > 0,
  )
  first.let()
  assert.deepEqual(await pushed, { digest, size: bytes.length })
  const third = held()
  third.let()
  assert.deepEqual(await uploads.push(open.caller, name, digest, third.body), { digest, size: bytes.length })
})

test('a second writer to the same upload waits, and then is refused without harm to the first', async () => {
  await using open = await testCore({ limits: { uploadWait: 5_000 } })
  const { uploads } = open.registry
  const { id } = await uploads.begin(open.caller, name)
  const first = held()
  const appended = uploads.append(open.caller, name, id, first.body)
  await first.begun
  const refused = assert.rejects(uploads.append(open.caller, name, id, { ...held().body }), (error) =>
    isRegistryError(error, 'upload-busy'),
  )
  await open.clock.advance(5_000)
  await refused
  first.let()
  assert.deepEqual(await appended, { id, offset: bytes.length })
})

test('a second writer that waited for the first goes on where it ended', async () => {
  await using open = await testCore()
  const { uploads } = open.registry
  const { id } = await uploads.begin(open.caller, name)
  const first = held()
  const appended = uploads.append(open.caller, name, id, first.body)
  await first.begun
  const second = held()
  second.let()
  const finished = uploads.finish(open.caller, name, id, digestOf(Buffer.concat([bytes, bytes])), second.body)
  first.let()
  assert.equal((await appended).offset, bytes.length)
  assert.equal((await finished).size, 2 * bytes.length)
})
