import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { operationRights } from '../../../src/library/acting/operation-rights.ts'
import { embedded, embeddedBackend } from '../../../src/library/embedded.ts'
import { isRegistryError } from '../../../src/library/errors.ts'
import { RegistryManager } from '../../../src/library/registry-manager.ts'
import { type Column, isDead, columns as matrixColumns, people } from '../../matrix/columns.ts'
import { rows, starRows } from './rows.ts'
import { type ActingWorld, actingWorld } from './world.ts'

/** A key that is good for nothing makes no principal. */
const columns = matrixColumns.filter((column) => !isDead(column))
/** What has tests of its own beside this table. */
const elsewhere = ['constructor', 'as', 'on', 'once', 'events', 'warm']

let world: ActingWorld
before(async () => {
  world = await actingWorld()
})
after(async () => await world[Symbol.asyncDispose]())

async function outcomeOf(work: () => Promise<unknown>): Promise<string> {
  try {
    return (await work()) === false ? 'NOT_FOUND' : 'done'
  } catch (error) {
    if (isRegistryError(error)) return error.code
    throw error
  }
}

describe('an operation of the library, by who it is done for', () => {
  for (const [name, { expected, first, call }] of Object.entries(rows)) {
    test(name, async () => {
      for (const column of columns) {
        const artifact = await world.make()
        await first?.(world.registry, artifact)
        assert.equal(await outcomeOf(() => call(world.as(column), artifact)), expected(column), column)
      }
    })
  }

  for (const [name, expected] of Object.entries(starRows)) {
    test(name, async () => {
      for (const column of columns) {
        const { id } = await world.make()
        const user = column.replaceAll(' ', '-')
        const given = name as 'star' | 'unstar'
        const outcome = await outcomeOf(() => world.as(column)[given](id, user))
        assert.equal(outcome, expected(column), column)
      }
    })
  }
})

test('a star of somebody else is nobody’s to give', async () => {
  const { id } = await world.make()
  assert.equal(await outcomeOf(() => world.as('owner').star(id, 'reader')), 'FORBIDDEN')
  assert.equal((await world.registry.read(id)).stars, 0)
})

test('what may not be read is told of in the words of what is not there', async () => {
  const { id } = await world.make()
  const missing = '00000000-0000-7000-8000-000000000000'
  const told = async (column: Column, of: string, name: string): Promise<unknown> => {
    const { call } = rows[name] ?? assert.fail(name)
    const artifact = { ...(await world.registry.read(id)), id: of, slug: of }
    return await call(world.as(column), artifact).then(
      () => assert.fail('it is there'),
      (error: unknown) => JSON.stringify(error).replaceAll(of, 'it'),
    )
  }
  const named = Object.keys(rows).filter((name) => rows[name]?.expected('stranger') === 'NOT_FOUND')
  const lists = ['find', 'count', 'search', 'searchPage', 'suggest', 'getTags', 'getSkills', 'getTrending']
  for (const name of named.filter((one) => !lists.includes(one) && one !== 'readBySlug'))
    assert.equal(await told('stranger', id, name), await told('stranger', missing, name), name)
})

test('every operation on artifacts says what it takes', () => {
  const { artifacts } = embeddedBackend(world.backend)[embedded]()
  const { collections, ...own } = artifacts
  const all = [...Object.keys(own), ...Object.keys(collections).map((name) => `collections.${name}`)]
  assert.deepEqual(all.sort(), Object.keys(operationRights).sort())
})

test('every method of a registry stands in the table', () => {
  const inTable = new Set([...Object.keys(rows), ...Object.keys(starRows), ...elsewhere])
  const methods = Object.getOwnPropertyNames(RegistryManager.prototype)
  assert.deepEqual(
    methods.filter((name) => !inTable.has(name)),
    [],
  )
  assert.ok(people.length > 3 && columns.length > 15)
})
