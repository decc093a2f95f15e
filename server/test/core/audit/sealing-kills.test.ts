import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { openFolderBlobs } from '../../../src/adapters/blobs/folder/open-folder-blobs.ts'
import { ManualClock } from '../../../src/adapters/clock/manual/manual-clock.ts'
import { cryptoRandom } from '../../../src/adapters/random/crypto/crypto-random.ts'
import { openSqliteStore } from '../../../src/adapters/store/sqlite/sqlite-store.ts'
import { schema } from '../../../src/boot/schema.ts'
import { sealAudit } from '../../../src/core/audit/seal.ts'
import { auditChain } from '../../../src/core/audit/tables.ts'
import { verifyAudit } from '../../../src/core/audit/verify-audit.ts'
import { auditEntries } from '../../../src/core/ledger/tables.ts'
import { temporaryFolder } from '../../adapters/store/sqlite/sqlite-harness.ts'
import { allRows } from '../invariants.ts'
import { testCore } from '../kit.ts'
import { hour, never } from './audit-world.ts'

const kills = Number(process.env['LADING_SEAL_KILLS'] ?? 10)
/** On a busy machine lives are over before any of them has come to what has to expire: then there are more. */
const mostKills = 4 * kills

/** Lets a process change and seal, and kills it at any moment. Answers what it had acknowledged, and its time. */
async function killed(folder: string, start: number, life: number): Promise<{ done: string[]; now: number }> {
  const script = join(import.meta.dirname, 'sealing-child.ts')
  const args = [script, folder, String(start), String(life)]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  const done: string[] = []
  let now = start
  // Later in each life, and never at the same place between two lines.
  const lines = 100 + Math.floor(Math.random() * 300)
  for await (const line of createInterface({ input: child.stdout })) {
    const [, name = '', at] = line.split(' ')
    done.push(name)
    now = Math.max(now, Number(at))
    if (done.length === lines) setTimeout(() => child.kill('SIGKILL'), Math.random() * 5)
  }
  assert.deepEqual(await exited, [null, 'SIGKILL'])
  return { done, now }
}

test(`sealing and expiry survive ${kills} kills`, { timeout: 30_000 + mostKills * 20_000 }, async (t) => {
  await using folder = await temporaryFolder()
  let start = Date.UTC(2026, 0, 1)
  let [acknowledged, sealed, heads, expired] = [0, 0, 0, 0]
  for (let life = 0; life < kills || (expired === 0 && life < mostKills); life++) {
    const { done, now } = await killed(folder.path, start, life)
    const clock = new ManualClock(now + 1000)
    start = now + 2000
    acknowledged += done.length
    const store = await openSqliteStore({ folder: folder.path, now: () => clock.now(), readers: 1 }, schema)
    const blobs = await openFolderBlobs({ folder: join(folder.path, 'content'), clock, random: cryptoRandom })
    await using test = await testCore({ clock, store, blobs, seed: 1000 + life })
    const before = await verifyAudit(test.core, {}, () => undefined, never)
    assert.deepEqual(before.faults, [], `kill ${life + 1}`)
    const there = new Set((await allRows(store, auditEntries)).map(({ target }) => target))
    // Nothing of this life is old enough to have gone.
    const lost = done.slice(-100).filter((name) => !there.has(name))
    assert.deepEqual(lost, [], `kill ${life + 1}`)
    await sealAudit(test.core, { headInterval: hour }, never)
    const after = await verifyAudit(test.core, {}, () => undefined, never)
    assert.deepEqual([after.faults, after.unsealed.count], [[], 0], `kill ${life + 1}`)
    assert.ok(after.last >= before.last)
    const chain = await store.get(auditChain, ['chain'])
    ;[sealed, heads, expired] = [after.last, chain?.head ?? 0, chain?.expired ?? 0]
  }
  t.diagnostic(`${acknowledged} changes acknowledged, ${sealed} sealed, ${heads} heads, ${expired} expired`)
  assert.ok(expired > 0, 'nothing has expired meanwhile')
})
