import assert from 'node:assert/strict'
import test from 'node:test'
import type { Body } from '../../src/boot/registry.ts'
import { uploads } from '../../src/core/content/tables.ts'
import { expireUploads } from '../../src/core/gc/expire-uploads.ts'
import { digestOf } from '../../src/domain/digest-of.ts'
import { isRegistryError } from '../../src/domain/error.ts'
import { parseRepositoryName } from '../../src/domain/repository-name.ts'
import { testCore } from './kit.ts'

const name = parseRepositoryName('acme/app')
const hour = 3_600_000

function body(text: string): Body {
  return {
    length: text.length,
    bytes: (async function* () {
      yield Buffer.from(text)
    })(),
  }
}

const gone = (error: unknown): boolean => isRegistryError(error, 'upload-unknown')

test('an upload that goes on outlives its id: each chunk gives it its whole time again', async () => {
  await using open = await testCore({ limits: { uploadLifetime: 24 * hour } })
  const { uploads: doors } = open.registry
  const { id } = await doors.begin(open.caller, name)
  await doors.append(open.caller, name, id, body('one '))
  await open.clock.advance(20 * hour)
  await doors.append(open.caller, name, id, body('two '))
  await open.clock.advance(20 * hour)
  assert.deepEqual(await doors.status(open.caller, name, id), { id, offset: 8 })
  const digest = digestOf(Buffer.from('one two three'))
  assert.deepEqual(await doors.finish(open.caller, name, id, digest, body('three')), { digest, size: 13 })
})

test('an upload whose time ran out is gone for every request, and never begins anew', async () => {
  await using open = await testCore({ limits: { uploadLifetime: 24 * hour } })
  const { uploads: doors } = open.registry
  const { id } = await doors.begin(open.caller, name)
  await doors.append(open.caller, name, id, body('half'))
  await open.clock.advance(24 * hour)
  assert.equal(await expireUploads(open.core, open.caller.signal), 1)
  assert.equal(await open.store.get(uploads, [id]), undefined)
  await assert.rejects(doors.status(open.caller, name, id), gone)
  await assert.rejects(doors.append(open.caller, name, id, body(' more')), gone)
  await assert.rejects(
    doors.finish(open.caller, name, id, digestOf(Buffer.from('half more')), body(' more')),
    gone,
  )
  await assert.rejects(doors.cancel(open.caller, name, id), gone)
})

test('a session that nobody used is good until its time is over, and not after', async () => {
  await using open = await testCore({ limits: { uploadLifetime: 24 * hour } })
  const { uploads: doors } = open.registry
  const { id } = await doors.begin(open.caller, name)
  await open.clock.advance(24 * hour - 1)
  assert.deepEqual(await doors.status(open.caller, name, id), { id, offset: 0 })
  await open.clock.advance(1)
  await assert.rejects(doors.status(open.caller, name, id), gone)
})
