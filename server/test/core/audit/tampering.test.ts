import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { describe, test } from 'node:test'
import type { AuditFaultKind } from '../../../src/core/audit/fault.ts'
import { SigningKey } from '../../../src/core/audit/signing-key.ts'
import { type AuditHeadRow, auditHeads } from '../../../src/core/audit/tables.ts'
import type { AuditRow } from '../../../src/core/ledger/tables.ts'
import { entryHash } from '../../../src/domain/audit-chain.ts'
import { allRows } from '../invariants.ts'
import { type AuditWorld, auditWorld, hour, table } from './audit-world.ts'

interface Tampering {
  readonly name: string
  /** Answers the entries that stand at the places of the chain, first at 0. */
  readonly tamper: (w: AuditWorld, entries: readonly AuditRow[]) => Promise<void>
  /** Kind, first and last place. */
  readonly found: readonly (readonly [AuditFaultKind, number, number])[]
}

const at = (entries: readonly AuditRow[], seq: number): AuditRow =>
  entries[seq - 1] ?? assert.fail(`no entry ${seq}`)

/** Gives every entry from there on the hash that it would have, and the chain its end. */
async function resealed(w: AuditWorld, from: number): Promise<void> {
  const entries = await w.entries()
  let hash = at(entries, from - 1).hash
  for (const entry of entries.slice(from - 1)) {
    hash = entryHash(hash, entry)
    await w.beneath.set(table.entries, entry.id, { hash })
  }
  await w.beneath.set(table.chain, 'chain', { hash })
}

const headsOf = async (w: AuditWorld): Promise<readonly AuditHeadRow[]> =>
  (await allRows(w.test.store, auditHeads)).map(({ rev: _, ...head }) => head)

/** Of entries 1 to 20 there are heads at 10 and 15; 16 to 20 are sealed and not signed. */
const tamperings: readonly Tampering[] = [
  ...(
    [
      ['at', 5],
      ['by', 'user:mallory'],
      ['via', 'key:other'],
      ['address', '203.0.113.9'],
      ['action', 'tag.delete'],
      ['namespace', 'other'],
      ['repository', 'acme/other'],
      ['target', 'v9'],
      ['before', 'sha256:x'],
      ['after', 'sha256:y'],
      ['outcome', 'refused'],
      ['code', 'denied'],
      ['times', 2],
      ['requestId', 'other'],
    ] as const
  ).map(
    ([column, value]): Tampering => ({
      name: `a changed ${column}`,
      tamper: (w, entries) => w.beneath.set(table.entries, at(entries, 7).id, { [column]: value }),
      found: [['changed', 7, 7]],
    }),
  ),
  {
    name: 'a changed hash',
    tamper: (w, entries) => w.beneath.set(table.entries, at(entries, 7).id, { hash: 'f'.repeat(64) }),
    found: [['changed', 7, 7]],
  },
  {
    name: 'a changed entry with the hash that it would have',
    tamper: async (w, entries) => {
      const changed = { ...at(entries, 7), by: 'user:mallory' }
      const hash = entryHash(at(entries, 6).hash, changed)
      await w.beneath.set(table.entries, changed.id, { by: changed.by, hash })
    },
    // Of the two that contradict each other it is the second.
    found: [['changed', 8, 8]],
  },
  {
    name: 'two changed entries, in different stretches',
    tamper: async (w, entries) => {
      for (const seq of [3, 18]) await w.beneath.set(table.entries, at(entries, seq).id, { target: 'x' })
    },
    found: [
      ['changed', 3, 3],
      ['changed', 18, 18],
    ],
  },
  {
    name: 'an entry and all behind it sealed anew',
    tamper: async (w, entries) => {
      await w.beneath.set(table.entries, at(entries, 7).id, { by: 'user:mallory' })
      await resealed(w, 7)
    },
    found: [
      ['rewritten', 1, 10],
      ['rewritten', 11, 15],
    ],
  },
  {
    name: 'a removed entry',
    tamper: (w, entries) => w.beneath.remove(table.entries, at(entries, 7).id),
    found: [['removed', 7, 7]],
  },
  {
    name: 'several removed entries',
    tamper: async (w, entries) => {
      for (const seq of [1, 2, 9, 10, 11]) await w.beneath.remove(table.entries, at(entries, seq).id)
    },
    found: [
      ['removed', 1, 2],
      ['removed', 9, 11],
    ],
  },
  {
    name: 'a removed entry, those behind it moved up and sealed anew',
    tamper: async (w, entries) => {
      await w.beneath.remove(table.entries, at(entries, 7).id)
      for (const { id, seq } of entries.slice(7)) await w.beneath.set(table.entries, id, { seq: seq - 1 })
      await resealed(w, 7)
      await w.beneath.set(table.chain, 'chain', { last: 19 })
    },
    found: [
      ['rewritten', 1, 10],
      ['rewritten', 11, 15],
    ],
  },
  {
    name: 'an entry added at a place that another has',
    tamper: (w, entries) => w.beneath.add(table.entries, { ...at(entries, 7), id: '0'.repeat(32) }),
    found: [['added', 7, 7]],
  },
  {
    name: 'an entry added behind the end',
    tamper: async (w, entries) => {
      const last = at(entries, 20)
      const added = { ...last, id: 'f'.repeat(32), seq: 21 }
      await w.beneath.add(table.entries, { ...added, hash: entryHash(last.hash, added) })
    },
    found: [['added', 21, 21]],
  },
  {
    name: 'an entry added before the beginning',
    tamper: (w, entries) => w.beneath.add(table.entries, { ...at(entries, 7), id: 'f'.repeat(32), seq: -1 }),
    found: [['added', -1, 20]],
  },
  ...(
    [
      [4, 9],
      [7, 8],
      [1, 20],
      [10, 11],
    ] as const
  ).flatMap(([one, other]): Tampering[] => [
    {
      name: `the places of ${one} and ${other} swapped`,
      tamper: async (w, entries) => {
        await w.beneath.set(table.entries, at(entries, one).id, { seq: other })
        await w.beneath.set(table.entries, at(entries, other).id, { seq: one })
      },
      found: [['swapped', one, other]],
    },
    {
      name: `the columns of ${one} and ${other} swapped`,
      tamper: async (w, entries) => {
        const [first, second] = [at(entries, one), at(entries, other)]
        const keeping = (from: AuditRow, place: AuditRow) => ({ ...from, seq: place.seq, hash: place.hash })
        await w.beneath.remove(table.entries, first.id)
        await w.beneath.remove(table.entries, second.id)
        await w.beneath.add(table.entries, keeping(first, second))
        await w.beneath.add(table.entries, keeping(second, first))
      },
      found: [['swapped', one, other]],
    },
  ]),
  {
    name: 'a removed head',
    tamper: (w) => w.beneath.remove(table.heads, 1),
    found: [['head-removed', 1, 10]],
  },
  {
    name: 'the last head removed',
    tamper: (w) => w.beneath.remove(table.heads, 2),
    found: [['head-removed', 11, 15]],
  },
  {
    name: 'a forged head: entries sealed anew, and heads that say so',
    tamper: async (w, entries) => {
      await w.beneath.set(table.entries, at(entries, 7).id, { by: 'user:mallory' })
      await resealed(w, 7)
      const anew = await w.entries()
      for (const { number, last } of await headsOf(w))
        await w.beneath.set(table.heads, number, { hash: at(anew, last).hash })
    },
    found: [
      ['head-forged', 1, 10],
      ['head-forged', 11, 15],
    ],
  },
  {
    name: 'a head signed with another key',
    tamper: async (w) => {
      const { privateKey } = generateKeyPairSync('ed25519')
      const key = new SigningKey(new Uint8Array(privateKey.export({ format: 'der', type: 'pkcs8' })))
      const [{ signature: _, key: __, ...head }] = (await headsOf(w)) as [AuditHeadRow]
      await w.beneath.set(table.heads, 1, { signature: key.sign(head), key: key.id })
    },
    found: [['head-forged', 1, 10]],
  },
  {
    name: 'a head signed with another key that calls itself ours',
    tamper: async (w) => {
      const { privateKey } = generateKeyPairSync('ed25519')
      const key = new SigningKey(new Uint8Array(privateKey.export({ format: 'der', type: 'pkcs8' })))
      const [{ signature: _, key: __, ...head }] = (await headsOf(w)) as [AuditHeadRow]
      await w.beneath.set(table.heads, 1, { signature: key.sign(head) })
    },
    found: [['head-forged', 1, 10]],
  },
  {
    name: 'a tail cut off',
    tamper: async (w, entries) => {
      for (const seq of [18, 19, 20]) await w.beneath.remove(table.entries, at(entries, seq).id)
    },
    found: [['removed', 18, 20]],
  },
  {
    name: 'a tail cut off below a head, and the chain told so',
    tamper: async (w, entries) => {
      for (const { id } of entries.slice(12)) await w.beneath.remove(table.entries, id)
      await w.beneath.set(table.chain, 'chain', { last: 12, hash: at(entries, 12).hash })
    },
    found: [['removed', 13, 15]],
  },
  {
    name: 'all entries removed',
    tamper: async (w, entries) => {
      for (const { id } of entries) await w.beneath.remove(table.entries, id)
    },
    found: [['removed', 1, 20]],
  },
  {
    name: 'old entries removed as if they had expired',
    tamper: async (w, entries) => {
      for (const { id } of entries.slice(0, 10)) await w.beneath.remove(table.entries, id)
      await w.beneath.set(table.chain, 'chain', { expired: 10, checkpoint: 1 })
    },
    found: [['not-expired', 1, 11]],
  },
]

for (const engine of ['memory', 'sqlite'] as const) {
  describe(`what was done, on ${engine}`, () => {
    for (const { name, tamper, found } of tamperings) {
      test(`${name} is found`, async () => {
        await using w = await auditWorld(engine)
        await w.done(10)
        await w.seal()
        await w.clock.advance(hour)
        await w.done(5)
        await w.seal()
        await w.done(5)
        await w.seal()
        const untouched = await w.verify()
        assert.deepEqual(
          [untouched.sound, untouched.entries, untouched.heads, untouched.unsigned],
          [true, 20, 2, 5],
        )
        await tamper(w, await w.entries())
        const report = await w.verify()
        assert.deepEqual(
          report.faults.map(({ kind, first, last }) => [kind, first, last]),
          found,
        )
        assert.deepEqual([report.sound, report.found], [false, found.length])
      })
    }
  })
}
