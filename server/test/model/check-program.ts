import assert from 'node:assert/strict'
import { manifests as manifestTable, tags } from '../../src/core/catalog/tables.ts'
import {
  blobs,
  files,
  holdings,
  repositories as repositoryTable,
  uploads,
} from '../../src/core/content/tables.ts'
import { collect } from '../../src/core/gc/collect.ts'
import { emptyTrash } from '../../src/core/gc/empty-trash.ts'
import { expireUploads } from '../../src/core/gc/expire-uploads.ts'
import { sweep } from '../../src/core/gc/sweep.ts'
import type { Digest } from '../../src/domain/digest.ts'
import { isRegistryError } from '../../src/domain/error.ts'
import type { RepositoryName } from '../../src/domain/repository-name.ts'
import type { Tag } from '../../src/domain/tag.ts'
import type { Table } from '../../src/ports/store/table.ts'
import { checkInvariants } from '../core/invariants.ts'
import { Clients } from './clients.ts'
import type { Program } from './steps.ts'
import { Turns } from './turns.ts'
import { contents, digests, type Making, manifests, type Process, repositories, World } from './world.ts'

/**
 * Runs a program, then asks: does everything that was acknowledged still hold, do the rows agree with one another, and
 * can everything be got rid of?
 */
export async function checkProgram(
  program: Program,
  how: Making & { readonly patienceMs?: number } = {},
): Promise<void> {
  const turns = new Turns(program.choices, how.patienceMs)
  const world = await World.open(turns, how)
  const clients = new Clients(world, await world.boot())
  await turns.run(Promise.all(program.clients.map((steps) => clients.follow(steps))))
  await checkInvariants(clients.process.core)
  // What changes have asked for comes late, and must not take what came after them.
  world.pass(1)
  await clients.process.runJobs()
  await checkInvariants(clients.process.core)
  await checkPromises(clients)
  await checkTags(clients)
  await removeAll(world, clients)
}

async function checkPromises(clients: Clients): Promise<void> {
  for (const key of clients.promises.keys()) {
    const [kind, repository, at] = key.split(' ') as ['blob' | 'manifest', string, string]
    const name = repositories[Number(repository)]!
    const { registry } = clients.process
    if (kind === 'blob') {
      const { size } = await registry.blobs.stat(clients.caller, name, digests[Number(at)]!)
      assert.equal(size, contents[Number(at)]!.length)
    } else {
      const content = await registry.manifests.get(name, manifests[Number(at)]!.digest)
      assert.deepEqual(Buffer.from(content.bytes), manifests[Number(at)]!.bytes)
      await clients.readWhole(Number(repository), Number(at))
    }
  }
}

async function checkTags(clients: Clients): Promise<void> {
  const { core, registry } = clients.process
  for (const row of await all(core, tags)) {
    if (!row.live) continue
    const home = repositories[await placeOf(core, row.repository)]!
    const content = await registry.manifests.get(home, row.tag as Tag)
    assert.equal(content.digest, row.digest)
    await clients.readWhole(
      repositories.indexOf(home),
      manifests.findIndex(({ digest }) => digest === row.digest),
    )
  }
}

/** Nothing is kept for ever that nobody wants: from every state there is a way to nothing. */
async function removeAll(world: World, { caller, process }: Clients): Promise<void> {
  const { core, registry } = process
  for (let left = await all(core, manifestTable); left.length > 0; left = await all(core, manifestTable)) {
    for (const row of left) {
      const home = repositories[await placeOf(core, row.repository)]!
      await registry.manifests.delete(caller, home, row.digest as Digest, {}).catch((error: unknown) => {
        if (!isRegistryError(error, 'manifest-in-use') && !isRegistryError(error, 'manifest-unknown'))
          throw error
      })
    }
    await process.runJobs()
  }
  await checkInvariants(core)
  const { signal } = caller
  await sweep(core, signal)
  world.pass(100 * 3_600_000)
  await expireUploads(core, signal)
  await collect(core, signal)
  world.pass(100 * 3_600_000)
  await emptyTrash(core, signal)
  for (const table of [holdings, blobs, files, uploads]) {
    assert.deepEqual(
      await all(core, table as unknown as Table),
      [],
      `${table.name} is not empty after all was removed`,
    )
  }
  const bytes = []
  for await (const file of world.files.list()) bytes.push(file)
  assert.deepEqual(bytes, [], 'files are left that nothing names')
}

async function all<R extends Record<string, unknown>>(core: Process['core'], table: Table<R>): Promise<R[]> {
  return (await core.store.find(table, { index: 'key', limit: 1000 })).rows as unknown as R[]
}

async function placeOf(core: Process['core'], id: string): Promise<number> {
  const row = await core.store.get(repositoryTable, [id])
  return repositories.indexOf(row?.name as RepositoryName)
}
