import assert from 'node:assert/strict'
import { access, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openSqliteStore } from '../../src/adapters/store/sqlite/sqlite-store.ts'
import { openAdminSocket } from '../../src/boot/admin/admin-socket.ts'
import { schema } from '../../src/boot/schema.ts'
import type { SeedReport } from '../../src/core/seed/seed.ts'
import { checkInvariants } from '../core/invariants.ts'
import { fakeOperator } from '../kit/fake-operator.ts'
import { openDataFolder } from '../kit/open-data-folder.ts'
import { runIn, runLine, runWell } from './run-line.ts'
import { TestWorld } from './test-world.ts'

async function newFolder(): Promise<AsyncDisposable & { readonly data: string }> {
  const root = await mkdtemp(join(tmpdir(), 'lading-seed-'))
  return {
    data: join(root, 'data'),
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  }
}

test('a new folder is made and filled; more goes into it as people would bring it', async () => {
  await using folder = await newFolder()
  const { data } = folder
  const { out } = await runWell(`seed --artifacts 60 --data ${data}`)
  assert.match(out, /^\d+ skill, .*\nMade 60 artifacts with \d+ versions$/)
  assert.match((await runWell(`scrub --data ${data}`)).out, /all is sound$/)
  const again = await runWell(`seed --artifacts 60 --data ${data} --json`)
  assert.deepEqual(JSON.parse(again.out) as SeedReport, { artifacts: 0, versions: 0, present: 60, kinds: {} })
  const more = await runWell(`seed --artifacts 9 --seed 2 --kinds image,enum --data ${data}`)
  assert.match(more.out, /^(?:\d image, \d enum|\d enum, \d image)\nMade 9 artifacts with \d+ versions$/)

  await using opened = await openDataFolder(data, () => Date.now())
  await checkInvariants(opened.core)
  const { artifacts } = opened.registry
  assert.equal(await artifacts.count({}), 69)
})

test('where a server runs, it does the work', async () => {
  await using folder = await newFolder()
  const { data } = folder
  await (await openSqliteStore({ folder: data }, schema)).close()
  const report: SeedReport = { artifacts: 2, versions: 3, present: 1, kinds: { skill: 2 } }
  const { operator, asked } = fakeOperator({ seed: async () => report })
  const socket = await openAdminSocket({
    graceMs: 60_000,
    data,
    operator: async () => operator,
    log: { info: () => undefined, error: () => undefined },
    now: () => 0,
  })
  try {
    const { out } = await runWell(`seed --artifacts 3 --seed 5 --kinds skill --data ${data}`)
    assert.equal(out, '2 skill\nMade 2 artifacts with 3 versions; 1 were there already')
    assert.deepEqual(asked, [{ name: 'seed', options: { artifacts: 3, seed: 5, kinds: ['skill'] } }])
  } finally {
    await socket.close()
  }
})

test('what is asked wrongly is told, and nothing is made', async () => {
  await using folder = await newFolder()
  const wrong: readonly [string, RegExp][] = [
    ['--artifacts many', /--artifacts wants a whole number from 0 to 10000000; "many" is none/],
    ['--artifacts 10000001', /--artifacts wants/],
    ['--seed -1', /--seed/],
    ['--kinds persona,plugin', /--kinds: "plugin" is none of skill, persona/],
  ]
  for (const [flags, message] of wrong) {
    const { code, err } = await runLine(`seed ${flags} --data ${folder.data}`)
    assert.deepEqual([code, message.test(err)], [2, true], err)
  }
  await assert.rejects(access(folder.data))
})

test('asked to stop, it leaves an empty registry behind', async () => {
  await using folder = await newFolder()
  const { data } = folder
  class Stopping extends TestWorld {
    readonly screen = { columns: 60 }
    override ask(text: string): void {
      super.ask(text)
      if (/: [1-9]\d* rows of 100000/.test(text)) this.stop('SIGINT')
    }
  }
  const { code, out, err } = await runIn(new Stopping(), ['seed', '--artifacts', '100000', '--data', data])
  assert.deepEqual([code, out, err], [130, '', 'lading seed: interrupted (SIGINT); nothing was made'])
  await using opened = await openDataFolder(data, () => Date.now())
  assert.equal(await opened.registry.artifacts.count({}), 0)
})
