import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { inspectFolder } from '../../src/adapters/store/sqlite/inspect-folder.ts'
import { openSqliteStore } from '../../src/adapters/store/sqlite/sqlite-store.ts'
import { newBatchId } from '../../src/ports/store/batch-id.ts'
import { append, insert } from '../../src/ports/store/change.ts'
import type { BatchId } from '../../src/ports/store/store.ts'
import { chance, ok } from '../../src/ports/store/suite/harness.ts'
import { happening, happenings, item, items, sampleSchema } from '../../src/ports/store/suite/sample.ts'
import { looksWhole, numbers } from '../adapters/store/sqlite/loaded-folder.ts'
import { temporaryFolder } from '../adapters/store/sqlite/sqlite-harness.ts'

const id = (): BatchId => newBatchId(Date.now(), chance)

/** Runs a load in a process of its own, and kills that once it has said `when`. */
async function killed(folder: string, when: string): Promise<void> {
  const script = join(import.meta.dirname, 'loading-child.ts')
  const child = spawn(process.execPath, [script, folder], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  for await (const line of createInterface({ input: child.stdout })) if (line === when) child.kill('SIGKILL')
  assert.deepEqual(await exited, [null, 'SIGKILL'])
}

for (const when of ['5000', '20000', 'finishing']) {
  test(`a load that is killed at ${when} leaves what was acknowledged before, and nothing of its own`, async () => {
    await using folder = await temporaryFolder()
    const before = await openSqliteStore({ folder: folder.path }, sampleSchema)
    assert.deepEqual(
      await before.commit(id(), [insert(items, item(1)), append(happenings, happening('a', 1))]),
      ok,
    )
    await before.close()
    await killed(folder.path, when)
    assert.throws(() => inspectFolder(folder.path), {
      kind: 'transient',
      message: /next start takes that back/,
    })

    const after = await openSqliteStore({ folder: folder.path }, sampleSchema)
    assert.deepEqual(await numbers(after), { items: 1, happenings: 1 })
    assert.deepEqual(await after.commit(id(), [insert(items, item(2))]), ok)
    await after.close()
    looksWhole(folder.path)
  })
}

test('a load that has said that it has ended is there, whatever becomes of its process', async () => {
  await using folder = await temporaryFolder()
  await killed(folder.path, 'finished')
  looksWhole(folder.path)
  const after = await openSqliteStore({ folder: folder.path }, sampleSchema)
  assert.equal((await numbers(after)).items, 20_000)
  await after.close()
})
