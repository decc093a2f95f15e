import { join } from 'node:path'
import { openFolderBlobs } from '../../../src/adapters/blobs/folder/open-folder-blobs.ts'
import { ManualClock } from '../../../src/adapters/clock/manual/manual-clock.ts'
import { cryptoRandom } from '../../../src/adapters/random/crypto/crypto-random.ts'
import { openSqliteStore } from '../../../src/adapters/store/sqlite/sqlite-store.ts'
import { schema } from '../../../src/boot/schema.ts'
import { expireAudit } from '../../../src/core/audit/expire-audit.ts'
import { sealAudit } from '../../../src/core/audit/seal.ts'
import { secrets } from '../../../src/core/ledger/tables.ts'
import { insert } from '../../../src/ports/store/change.ts'
import { sayAtOnce } from '../../kit/say-at-once.ts'
import { testCore } from '../kit.ts'

/** Changes things and seals what was done, twice at once, until somebody kills it; says what was acknowledged. */
const [, , folder = '', start = '', life = ''] = process.argv
const clock = new ManualClock(Number(start))
const store = await openSqliteStore({ folder, now: () => clock.now(), readers: 1 }, schema)
const blobs = await openFolderBlobs({ folder: join(folder, 'content'), clock, random: cryptoRandom })
const { core, caller } = await testCore({ clock, store, blobs, seed: Number(life) + 1 })
const signal = new AbortController().signal
const minute = 60_000

async function change(writer: number): Promise<never> {
  for (let n = 0; ; n++) {
    const name = `${life}.${writer}.${n}`
    await core.ledger.change(caller, async () => ({
      value: undefined,
      changes: [insert(secrets, { name, bytes: new Uint8Array() })],
      deeds: [{ action: 'tag.move', repository: 'acme/app', target: name }],
    }))
    sayAtOnce(`done ${name} ${clock.now()}`)
    await clock.advance(1000)
  }
}

async function seal(): Promise<never> {
  for (;;) {
    await sealAudit(core, { headInterval: minute }, signal)
    await expireAudit(core, { keep: 20 * minute }, signal)
  }
}

await Promise.all([change(1), change(2), seal(), seal()])
