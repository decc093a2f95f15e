import { cryptoRandom } from '../../../server/src/adapters/random/crypto/crypto-random.ts'
import { openSqliteBulkLoad } from '../../../server/src/adapters/store/sqlite/bulk-load.ts'
import { schema } from '../../../server/src/boot/schema.ts'
import { type SigningKey, signingKey } from '../../../server/src/core/audit/signing-key.ts'
import { auditChain, auditHeads } from '../../../server/src/core/audit/tables.ts'
import { EntryIds } from '../../../server/src/core/ledger/entry-ids.ts'
import { type AuditRow, auditEntries } from '../../../server/src/core/ledger/tables.ts'
import { chainStart, entryHash } from '../../../server/src/domain/audit-chain.ts'
import type { Task } from '../task.ts'
import { openRegistry } from './open-registry.ts'

/** Entries an hour, of which one is signed at its end. */
const perHead = 1000
const start = Date.UTC(2026, 0, 1)

/** A folder whose audit log has so many sealed entries, as changes of four repositories by some users make them. */
export async function fillAudit({
  folder,
  entries,
}: Extract<Task, { do: 'fill' }>): Promise<Readonly<Record<string, number>>> {
  const key = await madeKey(folder)
  await using load = await openSqliteBulkLoad({ folder }, schema)
  const ids = new EntryIds(cryptoRandom)
  let hash = chainStart
  let [head, headLast] = [0, 0]
  for (let seq = 1; seq <= entries; seq++) {
    const at = start + seq * 3_600
    const row: AuditRow = {
      ...{ id: ids.next(at), at, by: `user:u${seq % 97}`, via: `key:${'k'.repeat(20)}${seq % 97}` },
      ...{ address: `192.0.2.${seq % 251}`, action: seq % 3 === 0 ? 'manifest.push' : 'tag.move' },
      ...{ namespace: `n${seq % 31}`, repository: `n${seq % 31}/app-${seq % 1009}`, target: `v1.${seq}.0` },
      ...{ before: `sha256:${hash}`, after: `sha256:${hash}`, outcome: 'done', code: '', times: 1 },
      ...{ requestId: `${seq}`.padStart(32, '0'), seq, hash: '' },
    }
    hash = entryHash(hash, row)
    load.insert(auditEntries, { ...row, hash })
    if (seq % perHead !== 0) continue
    const claim = { number: ++head, first: headLast + 1, last: seq, hash, at }
    load.insert(auditHeads, { ...claim, signature: key.sign(claim), key: key.id })
    headLast = seq
  }
  load.insert(auditChain, {
    ...{ name: 'chain', last: entries, hash, sealedAt: start, head, headLast, headAt: start },
    ...{ expired: 0, checkpoint: 0, imported: 0, importedTo: '', importedEra: '' },
  })
  await load.finish()
  return { entries }
}

/** Of the registry that the folder is. */
async function madeKey(folder: string): Promise<SigningKey> {
  await using opened = await openRegistry(folder, false)
  return await signingKey(opened.composed.core)
}
