import { newBatchId } from '../../../src/ports/store/batch-id.ts'
import type { Change, Outcome, Store } from '../../../src/ports/store/store.ts'
import { chance } from '../../../src/ports/store/suite/harness.ts'
import type { Mutant } from './mutant.ts'

const fresh = (): ReturnType<typeof newBatchId> => newBatchId(Date.now(), chance)
const done: Outcome = { ok: true }
const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

type Commit = Store['commit']
const commits = (right: Store, commit: (go: Commit) => Commit): Partial<Store> => ({
  commit: commit((id, changes) => right.commit(id, changes)),
})
/** The batch, with each change rewritten. */
const rewritten = (right: Store, each: (change: Change) => Change | Promise<Change>): Partial<Store> =>
  commits(right, (go) => async (id, changes) => go(id, await Promise.all(changes.map(each))))

/** Engines whose commits are wrong. */
export const writeMutants: readonly Mutant[] = [
  {
    name: 'additions read, wait and write: updates are lost',
    caughtBy: '200 additions at once are all counted',
    spoil: (right) =>
      rewritten(right, async (change) => {
        if (change.do !== 'patch' || change.add === undefined) return change
        const row = await right.get(change.table, change.key)
        await pause()
        const sums = Object.entries(change.add).map(([name, n]) => [name, (row?.[name] ?? 0) + n])
        const { add: _, ...rest } = change
        return { ...rest, set: { ...change.set, ...Object.fromEntries(sums) } }
      }),
  },
  {
    name: 'put ignores the revision',
    caughtBy: 'of 64 racing puts at one revision one wins',
    spoil: (right) => {
      const current = async (change: Change): Promise<Change> => {
        if (change.do !== 'put') return change
        const key = change.table.key.map((name) => change.row[name])
        return { ...change, rev: (await right.get(change.table, key))?.rev ?? change.rev }
      }
      const forced: Commit = async (id, changes) => {
        const outcome = await right.commit(id, await Promise.all(changes.map(current)))
        return !outcome.ok && outcome.why === 'rev' ? forced(id, changes) : outcome
      }
      return { commit: forced }
    },
  },
  {
    name: 'patch ignores its conditions',
    caughtBy: 'a bound holds under racing subtractions: as many win as it allows, and it is never passed',
    spoil: (right) =>
      rewritten(right, (change) => (change.do === 'patch' ? { ...change, when: {} } : change)),
  },
  {
    name: 'remove ignores its revision',
    caughtBy: 'remove is guarded by revision and by conditions',
    spoil: (right) =>
      rewritten(right, (change) => {
        if (change.do !== 'remove') return change
        const { rev: _, ...rest } = change
        return rest
      }),
  },
  {
    name: 'check checks nothing',
    caughtBy: 'check holds at the revision, fails as rev or missing otherwise, and changes nothing',
    spoil: (right) =>
      commits(
        right,
        (go) => (id, changes) =>
          go(
            id,
            changes.filter((each) => each.do !== 'check'),
          ),
      ),
  },
  {
    name: 'a failing batch leaves the changes before the one that failed',
    caughtBy: 'a batch whose last change fails leaves nothing of the others, logs too',
    spoil: (right) =>
      commits(right, (go) => async (id, changes) => {
        const outcome = await go(id, changes)
        if (!outcome.ok) await go(fresh(), changes.slice(0, outcome.change))
        return outcome
      }),
  },
  {
    name: 'a failing batch leaves its log entries',
    caughtBy: 'a batch whose last change fails leaves nothing of the others, logs too',
    spoil: (right) =>
      commits(right, (go) => async (id, changes) => {
        const outcome = await go(id, changes)
        if (!outcome.ok)
          await go(
            fresh(),
            changes.filter((each) => each.do === 'append'),
          )
        return outcome
      }),
  },
  {
    name: 'exists is swallowed',
    caughtBy: 'of 64 racing inserts of one key one wins, and its row is the one kept',
    spoil: (right) =>
      commits(right, (go) => async (id, changes) => {
        const outcome = await go(id, changes)
        return !outcome.ok && outcome.why === 'exists' ? done : outcome
      }),
  },
  {
    name: 'the unique key in the way is not named',
    caughtBy: 'insert fails as exists where a unique key is taken, and names it',
    spoil: (right) =>
      commits(right, (go) => async (id, changes) => {
        const outcome = await go(id, changes)
        if (outcome.ok) return outcome
        const { uniqueKey: _, ...rest } = outcome
        return rest
      }),
  },
  {
    name: 'a failure names a place counted after removes were put first',
    caughtBy: 'a batch that fails names one of the changes that failed, by its place in the list',
    spoil: (right) =>
      commits(right, (go) => (id, changes) => {
        const removes = changes.filter((each) => each.do === 'remove')
        return go(id, [...removes, ...changes.filter((each) => each.do !== 'remove')])
      }),
  },
  {
    name: 'removes run in their place, not first',
    caughtBy: 'removes run first: what one row gives up, another of the same batch may take',
    spoil: (right) =>
      commits(right, (go) => async (id, changes) => {
        const last = changes.findLastIndex((each) => each.do === 'remove')
        if (last <= 0) return go(id, changes)
        const before = await go(fresh(), changes.slice(0, last))
        return before.ok ? go(id, changes.slice(last)) : before
      }),
  },
  {
    name: 'the same id is applied again',
    caughtBy: 'the same id again answers ok and does nothing, whatever it brings',
    spoil: (right) => {
      const seen = new Set<string>()
      return commits(right, (go) => (id, changes) => {
        const repeated = seen.has(id)
        seen.add(id)
        return go(repeated ? fresh() : id, changes)
      })
    },
  },
  {
    name: 'the id of a batch that failed counts as applied',
    caughtBy: 'an id whose batch failed is not taken for applied',
    spoil: (right) => {
      const seen = new Set<string>()
      return commits(right, (go) => async (id, changes) => {
        if (seen.has(id)) return done
        seen.add(id)
        return go(id, changes)
      })
    },
  },
  {
    name: 'a batch is applied in two halves',
    caughtBy: 'rows of one batch appear together: who has seen the one finds the other',
    spoil: (right) =>
      commits(right, (go) => async (id, changes) => {
        const half = Math.floor(changes.length / 2)
        const first = await go(id, changes.slice(0, half))
        if (!first.ok) return first
        await pause()
        await pause()
        return go(fresh(), changes.slice(half))
      }),
  },
  {
    name: 'reads see what a batch wrote before it failed',
    caughtBy: 'what a failing batch would have written is seen by nobody',
    spoil: (right) =>
      commits(right, (go) => async (id, changes) => {
        const added = changes.filter((each) => each.do === 'insert')
        const early = await go(fresh(), added)
        if (!early.ok) return go(id, changes)
        await pause()
        const keys = added.map((each) => each.table.key.map((name) => each.row[name]))
        const back = added.map(({ table }, n): Change => ({ do: 'remove', table, key: keys[n] ?? [] }))
        await go(fresh(), back)
        return go(id, changes)
      }),
  },
  {
    name: 'a commit is answered before it is made',
    caughtBy: 'every read sees what was committed before it was asked',
    spoil: (right) =>
      commits(right, (go) => async (id, changes) => {
        setImmediate(() => go(id, changes).catch(() => undefined))
        return done
      }),
  },
  {
    name: 'limits are not kept',
    caughtBy: 'a batch of 1,000 changes is well, one of 1,001 is refused whole',
    spoil: (right) =>
      commits(right, (go) => async (id, changes) => {
        const first = await go(id, changes.slice(0, 1000))
        return first.ok && changes.length > 1000 ? go(fresh(), changes.slice(1000)) : first
      }),
  },
]
