import { isDeepStrictEqual } from 'node:util'
import type { Store, Stored } from '../../../src/ports/store/store.ts'
import type { Row, Table } from '../../../src/ports/store/table.ts'
import type { Mutant } from './mutant.ts'

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

/** Engines whose reads, or whose end, are wrong. */
export const readMutants: readonly Mutant[] = [
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
    name: 'parts of rows come as they are found',
    caughtBy: 'parts of rows are their columns and revisions, in the order of the keys',
    spoil: (right) => ({
      getParts: async (table, keys) => (await right.getMany(table, keys)).toReversed(),
    }),
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
    name: 'what is not settled is kept back from who asks for all there is',
    caughtBy:
      'all that is committed is told at once, settled or not, page by page; what is settled stays as it was told',
    spoil: (right) => ({
      tailNow: async (log, after, limit) => {
        const { entries } = await right.tail(log, after, limit)
        return { entries: entries.slice(0, -1).map((entry) => ({ ...entry, isSettled: true })) }
      },
    }),
  },
  {
    name: 'what may yet get something before it is told as settled',
    caughtBy:
      'all that is committed is told at once, settled or not, page by page; what is settled stays as it was told',
    spoil: (right) => {
      const met = new Set<unknown>()
      return {
        tailNow: async (log, after, limit) => {
          const { entries } = await right.tail(log, after, limit)
          const seen = entries.filter(({ at }, n) => {
            // Every fifth one comes once there are others behind it, as one whose transaction ended late.
            if (Number(at) % 5 !== 0 || n === entries.length - 1 || met.has(at)) return true
            met.add(at)
            return false
          })
          return { entries: seen.map((entry) => ({ ...entry, isSettled: true })) }
        },
      }
    },
  },
  {
    name: 'the end of the log is told late',
    caughtBy:
      'last answers where a log ends: nothing is behind it until more is committed, and nothing where it is empty',
    spoil: (right) => {
      let known: Awaited<ReturnType<typeof right.last>>
      return {
        last: async (log) => {
          const before = known
          known = await right.last(log)
          return before ?? known
        },
      }
    },
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
    name: 'a closed store goes on answering',
    caughtBy: 'close may be called again and at once; every later call is refused',
    spoil: () => ({ close: async () => undefined }),
  },
]
