import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { openOverlayStore } from '../../../../src/adapters/store/overlay/overlay-store.ts'
import type { Change, Outcome, Store } from '../../../../src/ports/store/store.ts'
import type { StoreHarness } from '../../../../src/ports/store/suite/harness.ts'
import { storeContract } from '../../../../src/ports/store/suite.ts'
import { memoryHarness } from '../memory/memory-harness.ts'
import { conflictCases } from './conflict-cases.ts'
import { netCases } from './net-cases.ts'
import { over, runCase, type Spoiling } from './overlay-case.ts'
import { overlayHarness } from './overlay-harness.ts'
import { pageCases } from './page-cases.ts'

/** The case of this name, with transactions that are wrong in one way. */
type Run = (spoiling: Spoiling) => Promise<void>

interface Mutant {
  readonly name: string
  readonly caughtBy: string
  readonly spoiling: Spoiling
}

const withoutChecks = (right: Store): Partial<Store> => ({
  commit: async (id, changes) => await right.commit(id, withoutChange(changes, 'check')),
})

const withoutChange = (changes: readonly Change[], kind: Change['do']): Change[] =>
  changes.filter((change) => change.do !== kind)

const ok: Outcome = { ok: true }

const ofCases: readonly Mutant[] = [
  {
    name: 'rows that were read are not checked',
    caughtBy: 'a row that was read and that somebody else has changed is a conflict, and nothing is written',
    spoiling: { base: withoutChecks },
  },
  {
    name: 'what was read as absent is not looked for again',
    caughtBy: 'a row, or a unique key, that was read as absent and is there by now is a conflict',
    spoiling: {
      base: (right) => {
        const asked = new Set<string>()
        return {
          getMany: async (table, keys) => {
            const isSecond = asked.has(JSON.stringify(keys))
            asked.add(JSON.stringify(keys))
            return isSecond ? keys.map(() => undefined) : await right.getMany(table, keys)
          },
        }
      },
    },
  },
  {
    name: 'changes reach the base at once',
    caughtBy: 'nothing is in the base before the flush, and then all of it at the revision of the flush',
    spoiling: {
      transaction: (right, base) => ({
        commit: async (id, changes) => {
          await base.commit(id, changes)
          return await right.commit(id, changes)
        },
      }),
    },
  },
  {
    name: 'entries of logs are left behind',
    caughtBy: 'nothing is in the base before the flush, and then all of it at the revision of the flush',
    spoiling: {
      base: (right) => ({
        commit: async (id, changes) => await right.commit(id, withoutChange(changes, 'append')),
      }),
    },
  },
  {
    name: 'every patched row is guarded by its revision',
    caughtBy:
      'two transactions that both add to a counter are both written, and so is a bound that still holds',
    spoiling: {
      transaction: (right) => ({
        commit: async (id, changes) => {
          for (const change of changes) if (change.do === 'patch') await right.get(change.table, change.key)
          return await right.commit(id, changes)
        },
      }),
    },
  },
  {
    name: 'a bound is lost on the way to the base',
    caughtBy:
      'two transactions that both add to a counter are both written, and so is a bound that still holds',
    spoiling: {
      base: (right) => ({
        commit: async (id, changes) =>
          await right.commit(
            id,
            changes.map((change) => (change.do === 'patch' ? { ...change, when: {} } : change)),
          ),
      }),
    },
  },
  {
    name: 'rows change in the order in which they came to be known',
    caughtBy: 'a unique key moves from row to row, in whatever order the rows came to be known',
    spoiling: {
      base: (right) => ({ commit: async (id, changes) => await right.commit(id, changes.toReversed()) }),
    },
  },
  {
    name: 'a row is read anew each time',
    caughtBy:
      'a row is what it was when it was first read, by every way of reading, though somebody else changes it',
    spoiling: {
      transaction: (right, base) => ({
        get: async (table, key) => {
          await right.get(table, key)
          return await base.get(table, key)
        },
      }),
    },
  },
  {
    name: 'a lost answer is taken for a failure, and the batch sent under another id',
    caughtBy: 'an unknown outcome is passed on, and the same id settles it, though the first try is in',
    spoiling: {
      base: (right) => ({
        commit: async (id, changes) => {
          try {
            return await right.commit(id, changes)
          } catch {
            return ok
          }
        },
      }),
    },
  },
  {
    name: 'a transaction goes on after its flush',
    caughtBy: 'after a flush, whatever it answered, and after a discard every call is refused',
    spoiling: {
      transaction: (right, base) => ({
        get: async (table, key) => await right.get(table, key).catch(() => base.get(table, key)),
      }),
    },
  },
  {
    name: 'a page is the rows of the transaction, then those of the base',
    caughtBy:
      'pages of every size have the rows of both in one order, and none that the transaction has hidden',
    spoiling: {
      transaction: (right) => ({
        find: async (table, query) => {
          const page = await right.find(table, query)
          return { ...page, rows: page.rows.toSorted((one, other) => (one.rev > other.rev ? -1 : 1)) }
        },
      }),
    },
  },
  {
    name: 'removed rows are found',
    caughtBy:
      'pages of every size have the rows of both in one order, and none that the transaction has hidden',
    spoiling: {
      transaction: (right, base) => ({
        find: async (table, query) => {
          const [own, others] = [await right.find(table, query), await base.find(table, query)]
          return query.limit < 1000 ? own : { rows: [...own.rows, ...others.rows] }
        },
      }),
    },
  },
]

const ofContract: readonly Mutant[] = [
  {
    name: 'a duplicate is swallowed',
    caughtBy: 'insert fails as exists where a unique key is taken, and names it',
    spoiling: {
      transaction: (right) => ({
        commit: async (id, changes) => {
          const outcome = await right.commit(id, changes)
          return !outcome.ok && outcome.why === 'exists' ? ok : outcome
        },
      }),
    },
  },
  {
    name: 'own rows are not found',
    caughtBy: 'get finds a row by its primary key and by each unique key',
    spoiling: { transaction: (_, base) => ({ get: base.get.bind(base) }) },
  },
  {
    name: 'own rows are not counted',
    caughtBy: 'count counts an equality prefix and stops where it is told',
    spoiling: { transaction: (_, base) => ({ count: base.count.bind(base) }) },
  },
]

function named<C extends { readonly name: string }>(cases: readonly C[], wanted: string): C {
  const found = cases.find(({ name }) => name === wanted)
  assert.ok(found !== undefined, `there is no case "${wanted}"`)
  return found
}

const runOfCases =
  (wanted: string): Run =>
  (spoiling) =>
    runCase(named([...netCases, ...conflictCases, ...pageCases], wanted), spoiling)

const runOfContract =
  (wanted: string): Run =>
  ({ transaction }) => {
    const harness: StoreHarness = {
      ...overlayHarness(memoryHarness),
      start: async (schema) => {
        const base = await memoryHarness.start(schema)
        const right = openOverlayStore(base.store, schema)
        return {
          store: over(right, () => transaction?.(right, base.store) ?? {}),
          reopen: base.reopen,
          [Symbol.asyncDispose]: () => base[Symbol.asyncDispose](),
        }
      },
    }
    return named(storeContract(harness), wanted).run()
  }

describe('a transaction that is wrong in one way fails a case', () => {
  const all = [
    ...ofCases.map((each) => [each, runOfCases(each.caughtBy)] as const),
    ...ofContract.map((each) => [each, runOfContract(each.caughtBy)] as const),
  ]
  for (const [{ name, caughtBy, spoiling }, run] of all) {
    test(name, async () => {
      await assert.rejects(run(spoiling), assert.AssertionError, `not noticed by "${caughtBy}"`)
      await run({})
    })
  }
})
