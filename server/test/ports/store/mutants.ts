import { isDeepStrictEqual } from 'node:util'
import { newBatchId } from '../../../src/ports/store/batch-id.ts'
import type { Change, Outcome, Store, Stored } from '../../../src/ports/store/store.ts'
import { chance } from '../../../src/ports/store/suite/harness.ts'
import type { Row, Table } from '../../../src/ports/store/table.ts'

/** A way in which an engine could be wrong, and the case of the suite that must find it. */
export interface Mutant {
  readonly name: string
  readonly caughtBy: string
  spoil(right: Store): Partial<Store>
}

/** `right`, with what is spoilt in its place. */
export function spoilt(right: Store, { spoil }: Mutant): Store {
  const wrong = spoil(right)
  const bound = (name: keyof Store): unknown => {
    const member = right[name]
    return typeof member === 'function' ? member.bind(right) : member
  }
  return new Proxy(right, {
    get: (_, name) => (Object.hasOwn(wrong, name) ? Reflect.get(wrong, name) : bound(name as keyof Store)),
  })
}

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
/** Pages, with the rows that were found rewritten. */
const pages = (
  right: Store,
  each: <R extends Row>(rows: Stored<R>[], table: Table<R>) => Stored<R>[],
): Partial<Store> => ({
  find: async (table, query) => {
    const page = await right.find(table, query)
    return { ...page, rows: each(page.rows, table) }
  },
})

export const mutants: readonly Mutant[] = [
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
    name: 'text is ordered by UTF-16',
    caughtBy: 'text sorts by its UTF-8 bytes, in a key and in an index',
    spoil: (right) =>
      pages(right, (rows, { key }) => {
        const place = (row: Row): string => key.map((name) => row[name]).join('\0')
        return rows.toSorted((one, other) => (place(one) < place(other) ? -1 : 1))
      }),
  },
  {
    name: 'integers are ordered as text',
    caughtBy: 'integers sort as numbers up to the limits of safe ones',
    spoil: (right) =>
      pages(right, (rows) =>
        rows.toSorted((one, other) => (String((one as Row)['n']) < String((other as Row)['n']) ? -1 : 1)),
      ),
  },
  {
    name: 'a page is not sorted',
    caughtBy: 'rows equal in an index follow each other by primary key',
    spoil: (right) => pages(right, (rows) => [...rows.slice(1), ...rows.slice(0, 1)]),
  },
  {
    name: 'a cursor skips a row',
    caughtBy: 'pages of every size tile the whole, each but the last full, the last without a cursor',
    spoil: (right) => ({
      find: async (table, query) => {
        const page = await right.find(table, query)
        return query.after === undefined ? page : { ...page, rows: page.rows.slice(1) }
      },
    }),
  },
  {
    name: 'a cursor is a count of rows',
    caughtBy: 'a page goes on where it ended though rows come and go, its last row too',
    spoil: (right) => ({
      find: async (table, query) => {
        const { after, ...rest } = query
        const from = after === undefined ? 0 : Number(after)
        const { rows } = await right.find(table, { ...rest, limit: 1000 })
        const page = rows.slice(from, from + query.limit)
        const next = `${from + query.limit}` as NonNullable<typeof after>
        return from + query.limit < rows.length ? { rows: page, next } : { rows: page }
      },
    }),
  },
  {
    name: 'the last full page has a cursor that leads nowhere',
    caughtBy: 'pages of every size tile the whole, each but the last full, the last without a cursor',
    spoil: (right) => ({
      find: async (table, query) => {
        const next = 'end' as NonNullable<typeof query.after>
        if (query.after === next) return { rows: [] }
        const page = await right.find(table, query)
        return page.rows.length === query.limit ? { next, ...page } : page
      },
    }),
  },
  {
    name: 'beyond begins at the values given',
    caughtBy:
      'beyond begins after the values given, of one column or of more, whether or not there is such a row',
    spoil: (right) => ({
      find: async (table, query) => {
        const page = await right.find(table, query)
        const { beyond: _, ...rest } = query
        const whole = await right.find(table, { ...rest, limit: 1000 })
        const at = whole.rows.findIndex((row) => isDeepStrictEqual(row, page.rows[0]))
        return query.beyond === undefined || at < 1 ? page : { rows: whole.rows.slice(at - 1) }
      },
    }),
  },
  {
    name: 'the log shows a later entry before an earlier one',
    caughtBy: 'a reader that follows many writers misses nothing, and sees each commit once it is answered',
    spoil: (right) => {
      const late = new Set<unknown>()
      return {
        tail: async (log, after, limit) => {
          const { entries } = await right.tail(log, after, limit)
          const visible = entries.filter(({ at }, n) => {
            // Every fifth entry shows only when it is met a second time, as one whose transaction ended late.
            if (Number(at) % 5 !== 0 || n === entries.length - 1 || late.has(at)) return true
            late.add(at)
            return false
          })
          return { entries: visible }
        },
      }
    },
  },
  {
    name: 'the log is ordered by what its rows say',
    caughtBy: 'a log answers its entries in the order of commits, and within a batch in that of its list',
    spoil: (right) => ({
      tail: async (log, after, limit) => {
        const { entries } = await right.tail(log, after, limit)
        return { entries: entries.toSorted((one, other) => (one.row as Row)['n'] - (other.row as Row)['n']) }
      },
    }),
  },
  {
    name: 'rows are handed out, not copied',
    caughtBy: 'what was given in and what was handed out are copies: changing either changes nothing kept',
    spoil: (right) => {
      const kept = new Map<string, unknown>()
      return {
        get: async (table, key) => {
          const name = JSON.stringify([table.name, key])
          const row = kept.get(name) ?? (await right.get(table, key))
          kept.set(name, row)
          return row as Awaited<ReturnType<typeof right.get>> as never
        },
      }
    },
  },
  {
    name: 'names and keys are compared without regard to case',
    caughtBy:
      'text comes back as it went in, as a key too: letters, marks, planes, quotes and control characters',
    spoil: (right) => ({
      get: (table, key) => {
        const lower = (value: unknown): unknown => (typeof value === 'string' ? value.toLowerCase() : value)
        return right.get(table, Array.isArray(key) ? (key.map(lower) as typeof key) : key)
      },
    }),
  },
  {
    name: 'booleans come back as numbers',
    caughtBy: 'integers, reals and booleans come back as they went in, to the last bit',
    spoil: (right) => ({
      get: async (table, key) => {
        const row = await right.get(table, key)
        const entries = Object.entries(row ?? {}).map(([name, value]) => [
          name,
          typeof value === 'boolean' ? Number(value) : value,
        ])
        return row === undefined ? undefined : Object.fromEntries(entries)
      },
    }),
  },
  {
    name: 'empty bytes come back as null',
    caughtBy: 'bytes come back as they went in: none, all 256, long ones, and views of a part',
    spoil: (right) => ({
      get: async (table, key) => {
        const row = await right.get(table, key)
        const entries = Object.entries(row ?? {}).map(([name, value]) => [
          name,
          isDeepStrictEqual(value, new Uint8Array(0)) ? null : value,
        ])
        return row === undefined ? undefined : Object.fromEntries(entries)
      },
    }),
  },
  {
    name: 'getMany leaves out what is missing',
    caughtBy:
      'getMany answers in the order of its keys, undefined where missing, and a key twice if asked twice',
    spoil: (right) => ({
      getMany: async (table, keys) => (await right.getMany(table, keys)).filter((row) => row !== undefined),
    }),
  },
  {
    name: 'count ignores where to stop',
    caughtBy: 'count counts an equality prefix and stops where it is told',
    spoil: (right) => ({ count: (table, query) => right.count(table, { ...query, upTo: 1_000_000 }) }),
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
  {
    name: 'a closed store goes on answering',
    caughtBy: 'close may be called again and at once; every later call is refused',
    spoil: () => ({ close: async () => undefined }),
  },
]
