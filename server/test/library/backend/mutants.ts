import { AsyncLocalStorage } from 'node:async_hooks'
import type { Artifact, Backend, Page, Transaction } from '../../../src/library/backend-types.ts'
import { ConflictError } from '../../../src/library/errors.ts'
import type { Result } from '../../../src/library/result.ts'
import { newBatchId } from '../../../src/ports/store/batch-id.ts'
import type { Change, Outcome, Store } from '../../../src/ports/store/store.ts'
import { chance } from '../../../src/ports/store/suite/harness.ts'
import { overStore } from '../../kit/over-store.ts'

/** A way in which a backend could be wrong, and the case of the suite that must find it. */
export interface BackendMutant {
  readonly name: string
  readonly caughtBy: string
  /** The engine under it. */
  store?(right: Store): Store
  /** What stands on the engine. */
  backend?(right: Backend): Backend
}

const fresh = (): ReturnType<typeof newBatchId> => newBatchId(Date.now(), chance)
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** The batch, each put of it at the revision that the row has now. */
async function forced(right: Store, changes: readonly Change[]): Promise<Outcome> {
  for (;;) {
    const now = await Promise.all(
      changes.map(async (change) => {
        if (change.do !== 'put') return change
        const key = change.table.key.map((name) => change.row[name] as string)
        return { ...change, rev: (await right.get(change.table, key))?.rev ?? change.rev }
      }),
    )
    const outcome = await right.commit(fresh(), now)
    if (outcome.ok || outcome.why !== 'rev' || changes[outcome.change]?.do !== 'put') return outcome
  }
}

/** `right`, with some of its operations replaced. */
function over(right: Backend, calls: Partial<Backend>): Backend {
  return new Proxy(right, {
    get: (_, name) => {
      if (Object.hasOwn(calls, name)) return Reflect.get(calls, name)
      const member: unknown = Reflect.get(right, name)
      return typeof member === 'function' ? member.bind(right) : member
    },
  })
}

/** The backend, whose transactions are other ones. */
function transacting(right: Backend, make: (transaction: Transaction) => Partial<Transaction>): Backend {
  return over(right, {
    beginTransaction: async (): Promise<Result<Transaction>> => {
      const begun = await right.beginTransaction()
      return begun.ok ? { ok: true, value: { ...begun.value, ...make(begun.value) } } : begun
    },
  })
}

/** Transactions that do by these operations what the backend does outside of them. */
function lookingFromOutside(
  right: Backend,
  names: readonly ('find' | 'getVersion' | 'listVersions')[],
): Backend {
  const outside = AsyncLocalStorage.snapshot()
  return transacting(right, () =>
    Object.fromEntries(
      names.map((name) => [
        name,
        (...given: unknown[]) => outside(() => Reflect.apply(right[name], right, given)),
      ]),
    ),
  )
}

const shuffled = ({ items, ...rest }: Page<Artifact>): Page<Artifact> => ({
  items: items.toReversed(),
  ...rest,
})

export const backendMutants: readonly BackendMutant[] = [
  {
    name: 'a lost update: whoever writes last wins',
    caughtBy: 'of racing updates none is lost: what was acknowledged is there, and what was refused is not',
    store: (right) => overStore(right, { commit: (_, changes) => forced(right, changes) }),
  },
  {
    name: 'a lost update in a transaction: what it has read may change',
    caughtBy:
      'what a transaction has read must stay so: changed, deleted or purged by others, its commit is CONFLICT and writes nothing',
    store: (right) =>
      overStore(right, {
        commit: (id, changes) =>
          right.commit(
            id,
            changes.filter((change) => change.do !== 'check' || change.table.name !== 'artifacts'),
          ),
      }),
  },
  {
    name: 'a lost update in a transaction: what it has found may change before it is changed',
    caughtBy:
      'what a transaction changes must be as it first saw it, whatever it saw it by: else its commit is CONFLICT and writes nothing',
    backend: (right) => lookingFromOutside(right, ['find']),
  },
  {
    name: 'a lost update in a transaction: what it has seen of versions may change before it is changed',
    caughtBy:
      'what a transaction changes must be as it first saw it, whatever it saw it by: else its commit is CONFLICT and writes nothing',
    backend: (right) => lookingFromOutside(right, ['getVersion', 'listVersions']),
  },
  {
    name: 'a transaction that is in the way of whoever changes what it has only found',
    caughtBy: 'what find and count have met and the transaction does not change may be changed by others',
    backend: (right) =>
      transacting(right, (transaction) => ({
        find: async (options) => {
          const found = await transaction.find(options)
          for (const { id } of found.ok ? found.value.items : []) await transaction.read(id)
          return found
        },
      })),
  },
  {
    name: 'a transaction that takes its own change for that of another',
    caughtBy: 'a transaction that has looked first changes what nobody else has, however often, and commits',
    backend: (right) =>
      transacting(right, (transaction) => {
        const updated = new Set<string>()
        let isStale = false
        return {
          update: async (id, changes) => {
            isStale ||= updated.has(id)
            updated.add(id)
            return await transaction.update(id, changes)
          },
          commit: async () => {
            if (!isStale) return await transaction.commit()
            await transaction.rollback()
            return { ok: false, error: new ConflictError('it has changed') }
          },
        }
      }),
  },
  {
    name: 'a dirty read: a batch is seen before all of it is there',
    caughtBy: 'who looks on while it is committed sees all of a transaction or nothing',
    store: (right) =>
      overStore(right, {
        commit: async (id, changes) => {
          const early = changes.filter((change) => change.do === 'insert')
          const late = changes.filter((change) => change.do !== 'insert')
          for (const change of early) {
            const outcome = await right.commit(fresh(), [change])
            if (!outcome.ok) return outcome
            await turn()
          }
          return late.length === 0 ? { ok: true } : await right.commit(id, late)
        },
      }),
  },
  {
    name: 'a dirty read: a transaction writes as it goes',
    caughtBy:
      'nobody sees what a transaction has done before its commit, and everybody sees all of it afterwards',
    backend: (right) =>
      over(right, {
        beginTransaction: async () => {
          const well = async (): Promise<Result<void>> => ({ ok: true, value: undefined })
          return { ok: true, value: Object.assign(over(right, {}), { commit: well, rollback: well }) }
        },
      }),
  },
  {
    name: 'an unsorted page: the engine turns its pages round',
    caughtBy: 'every filter in every order finds what it says, page by page as in one, and counts as many',
    store: (right) =>
      overStore(right, {
        find: async (table, query) => {
          const page = await right.find(table, query)
          return { ...page, rows: page.rows.toReversed() }
        },
      }),
  },
  {
    name: 'an unsorted page: the backend turns its pages round',
    caughtBy: 'pages of every size tile the whole, by cursor and by number',
    backend: (right) =>
      over(right, {
        find: async (options) => {
          const found = await right.find(options)
          return found.ok ? { ok: true, value: shuffled(found.value) } : found
        },
      }),
  },
  {
    name: 'a swallowed duplicate: an insert of what is there is answered as done',
    caughtBy: 'of 16 racing creates of one slug one wins, and it is the one kept',
    store: (right) =>
      overStore(right, {
        commit: async (id, changes) => {
          const outcome = await right.commit(id, changes)
          return !outcome.ok && outcome.why === 'exists' ? { ok: true } : outcome
        },
      }),
  },
  {
    name: 'a swallowed duplicate: a version that is there is written over',
    caughtBy: 'a version that is there already is DUPLICATE, draft or published, and what is there stays',
    backend: (right) =>
      over(right, {
        createVersion: async (id, version) => {
          const created = await right.createVersion(id, version)
          if (created.ok || created.error.code !== 'DUPLICATE') return created
          return await right.getVersion(id, version.version)
        },
      }),
  },
  {
    name: 'a rollback that commits',
    caughtBy: 'what is rolled back leaves nothing behind',
    backend: (right) => transacting(right, (transaction) => ({ rollback: () => transaction.commit() })),
  },
  {
    name: 'a transaction that does not read what it has written',
    caughtBy: 'a transaction reads what it has written, by every operation',
    backend: (right) =>
      transacting(right, (transaction) => ({
        count: async (options) => {
          const counted = await transaction.count(options)
          return counted.ok ? { ok: true, value: 1 } : counted
        },
      })),
  },
  {
    name: 'a deleted artifact that is still found',
    caughtBy:
      'what was deleted is in no list and cannot be read or changed, and is found where deleted ones are asked for',
    backend: (right) =>
      over(right, {
        find: (options) => right.find({ ...options, filter: { ...options?.filter, deleted: true } }),
      }),
  },
  {
    name: 'data that do not outlive the connection',
    caughtBy: 'what was acknowledged is there after a new connection, to the last letter',
    backend: (right) =>
      over(right, {
        disconnect: async () => {
          const found = await right.find()
          for (const { id } of found.ok ? found.value.items : []) await right.purge(id)
          return await right.disconnect()
        },
      }),
  },
  {
    name: 'an operation that throws',
    caughtBy: 'an id of a wrong form is VALIDATION by every operation',
    backend: (right) =>
      over(right, {
        delete: async (id) => {
          id.normalize()
          return await right.delete(id)
        },
      }),
  },
  {
    name: 'text that is brought into one form',
    caughtBy: 'text of any script is kept letter by letter, in every field',
    backend: (right) =>
      over(right, {
        create: (artifact) =>
          right.create({
            ...artifact,
            metadata: { ...artifact.metadata, name: artifact.metadata.name.normalize('NFC') },
          }),
      }),
  },
]
