import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openMemoryBlobs } from '../../../src/adapters/blobs/memory/open-memory-blobs.ts'
import { openMemoryStore } from '../../../src/adapters/store/memory/memory-store.ts'
import { schema } from '../../../src/boot/schema.ts'
import { repositoryUsage } from '../../../src/core/catalog/repository-usage.ts'
import { countUsage } from '../../../src/core/content/count-usage.ts'
import { marks, namespaces } from '../../../src/core/content/tables.ts'
import type { Blobs } from '../../../src/ports/blobs/blobs.ts'
import { remove } from '../../../src/ports/store/change.ts'
import type { Store } from '../../../src/ports/store/store.ts'
import { openDataFolder } from '../../kit/open-data-folder.ts'
import { overStore } from '../../kit/over-store.ts'
import { allRows, checkInvariants } from '../invariants.ts'
import { testCore } from '../kit.ts'
import { other, Scenario } from '../scenario.ts'

const archive = join(import.meta.dirname, '../../fixtures/data-0.1.0.tar.gz')

test('a folder of release 0.1.0 is counted when it is opened, and only the first time', async () => {
  const root = await mkdtemp(join(tmpdir(), 'lading-count-'))
  try {
    execFileSync('tar', ['-C', root, '-xzf', archive])
    const data = join(root, 'data')
    const looks: unknown[] = []
    for (const _start of [1, 2]) {
      await using opened = await openDataFolder(data, Date.now)
      await checkInvariants(opened.core, { strays: true })
      const rows = await allRows(opened.core.store, namespaces)
      assert.ok(rows.length > 0 && rows.every(({ bytes, repositories }) => bytes > 0 && repositories > 0))
      looks.push([rows, await allRows(opened.core.store, marks)])
    }
    // Their revisions too: the second start has written nothing.
    assert.deepEqual(looks[1], looks[0])
  } finally {
    await rm(root, { recursive: true, force: true })
  }
})

/** Rows as they are before anything was counted, in three namespaces. */
async function uncounted(): Promise<{ store: Store; blobs: Blobs }> {
  const store = await openMemoryStore(schema, { now: () => 0 })
  const blobs = openMemoryBlobs()
  const s = new Scenario(await testCore({ store, blobs }))
  const config = s.known('{}', Buffer.from('{}'))
  for (const name of ['acme/app', 'acme/other', 'lib/a', 'zed/b'] as never[]) {
    await s.push(config, name)
    await s.push(s.piece(`of ${name}`, 500), name)
    await s.put(s.image(`image of ${name}`, config, [s.piece(`of ${name}`, 500)]), 'v1', { repository: name })
  }
  assert.equal(other, 'acme/other')
  await forget(s)
  return { store, blobs }
}

async function forget({ test: { core } }: Scenario): Promise<void> {
  await core.ledger.keep(async () => ({
    value: undefined,
    changes: [
      remove(marks, ['usage-counted']),
      ...(await allRows(core.store, namespaces)).map((row) => remove(namespaces, [row.namespace])),
    ],
  }))
}

test('one that was cut short, at whatever write, begins anew', async () => {
  for (let allowed = 0; ; allowed++) {
    const { store, blobs } = await uncounted()
    let commits = 0
    const cut = overStore(store, {
      commit: async (id, changes) => {
        if (commits++ === allowed) throw new Error('the process ends here')
        return await store.commit(id, changes)
      },
    })
    const wasCut = await testCore({ store: cut, blobs, seed: 2 }).then(
      () => false,
      (error: Error) => /the process ends here/.test(error.message),
    )
    if (wasCut && allowed === 0) assert.equal(await store.get(marks, ['usage-counted']), undefined)
    const core = await testCore({ store, blobs, seed: 3 })
    await checkInvariants(core.core)
    assert.deepEqual(
      (await allRows(store, namespaces)).map(({ namespace, repositories, manifests }) => [
        namespace,
        repositories,
        manifests,
      ]),
      [
        ['acme', 2, 2],
        ['lib', 1, 1],
        ['zed', 1, 1],
      ],
    )
    if (!wasCut) return assert.ok(allowed >= 2)
  }
})

test('what an earlier attempt wrote is corrected: other counts, and namespaces that there are none of', async () => {
  const { store, blobs } = await uncounted()
  const insert = (row: Record<string, unknown>) => ({
    do: 'insert' as const,
    table: namespaces as never,
    row,
  })
  const counts = { bytes: 7, repositories: 7, manifests: 7 }
  await store.commit('0'.repeat(32) as never, [
    insert({ namespace: 'acme', ...counts }),
    insert({ namespace: 'gone', ...counts }),
  ])
  const core = await testCore({ store, blobs, seed: 3 })
  await checkInvariants(core.core)
  assert.deepEqual(
    (await allRows(store, namespaces)).map((row) => row.namespace),
    ['acme', 'lib', 'zed'],
  )
  await countUsage(core.core, (repository) => repositoryUsage(core.core, repository))
})
