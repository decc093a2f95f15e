import assert from 'node:assert/strict'
import test from 'node:test'
import type { Body } from '../../src/boot/registry.ts'
import { uploads } from '../../src/core/content/tables.ts'
import { digestOf } from '../../src/domain/digest-of.ts'
import { isRegistryError, RegistryError } from '../../src/domain/error.ts'
import { parseRepositoryName } from '../../src/domain/repository-name.ts'
import { errorHeaders } from '../../src/http/status.ts'
import { StoreError } from '../../src/ports/store/errors.ts'
import { overStore } from '../kit/over-store.ts'
import { testCore } from './kit.ts'

const name = parseRepositoryName('acme/app')

function body(text: string): Body {
  return {
    length: text.length,
    bytes: (async function* () {
      yield Buffer.from(text)
    })(),
  }
}

test('an upload whose claim could not be given back goes on once the store is well again', async () => {
  let full = false
  await using open = await testCore({
    wrap: (store) =>
      overStore(store, {
        commit: async (id, changes) => {
          // The claim goes through, and from then on nothing.
          if (full && !changes.some((change) => change.do === 'put' && change.row['holder'] !== '')) {
            throw new StoreError('permanent', 'the disk is full')
          }
          return await store.commit(id, changes)
        },
      }),
  })
  const { registry, caller } = open
  const { id } = await registry.uploads.begin(caller, name)
  await registry.uploads.append(caller, name, id, body('one '))
  full = true
  await assert.rejects(registry.uploads.append(caller, name, id, body('two ')))
  assert.notEqual((await open.store.get(uploads, [id]))?.holder, '', 'the test wants a claim that was left')
  full = false
  assert.equal((await registry.uploads.status(caller, name, id)).offset, 4)
  const digest = digestOf(Buffer.from('one two '))
  assert.deepEqual(await registry.uploads.finish(caller, name, id, digest, body('two ')), { digest, size: 8 })
})

test('an upload that another living process writes to is left alone', async () => {
  await using open = await testCore({ isDead: () => false })
  const { registry, caller, clock } = open
  const { id } = await registry.uploads.begin(caller, name)
  await registry.uploads.append(caller, name, id, body('one '))
  const row = await open.store.get(uploads, [id])
  assert.ok(row)
  const { rev, ...columns } = row
  await open.core.ledger.keep(async () => ({
    value: undefined,
    changes: [{ do: 'put' as const, table: uploads as never, row: { ...columns, holder: 'another/1' }, rev }],
  }))
  await clock.advance(1)
  await assert.rejects(registry.uploads.append(caller, name, id, body('two ')), (error) => {
    assert.ok(isRegistryError(error, 'upload-busy'))
    assert.deepEqual(error.data, { upload: id, elsewhere: true })
    assert.match(
      error.message,
      /another process .*has ended while it was; begin another upload if it stays so$/,
    )
    // Nobody knows when that would be over.
    assert.deepEqual(errorHeaders(error), [])
    return true
  })
  assert.deepEqual(errorHeaders(new RegistryError('upload-busy', { upload: id })), ['Retry-After', '1'])
})
