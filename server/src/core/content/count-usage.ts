import { insert, put, remove } from '../../ports/store/change.ts'
import type { Change, Stored } from '../../ports/store/store.ts'
import type { Core } from '../ledger/core.ts'
import { eachRow } from '../ledger/each-row.ts'
import { marks, type NamespaceRow, namespaces, repositories } from './tables.ts'

const mark = 'usage-counted'
const rowsPerBatch = 500

/** What a repository uses beyond itself: the bytes of its holdings and manifests, and how many of these there are. */
export type CountRepository = (repository: string) => Promise<{ bytes: number; manifests: number }>

/**
 * Writes down what every namespace uses, once in the life of a registry: from then on each change keeps it. Runs before
 * anything may change, since it reads many rows and not one state of them. One that was cut short begins anew.
 */
export async function countUsage(core: Core, countRepository: CountRepository): Promise<void> {
  if ((await core.store.get(marks, [mark])) !== undefined) return
  const changes = await usageChanges(core, countRepository)
  for (let at = 0; at < changes.length; at += rowsPerBatch) {
    await core.ledger.keep(async () => ({ value: undefined, changes: changes.slice(at, at + rowsPerBatch) }))
  }
  await core.ledger.keep(async () => {
    const done = (await core.store.get(marks, [mark])) !== undefined
    return { value: undefined, changes: done ? [] : [insert(marks, { name: mark, at: core.clock.now() })] }
  })
}

async function usageChanges(core: Core, countRepository: CountRepository): Promise<Change[]> {
  const counted = await countAll(core, countRepository)
  const changes: Change[] = []
  for await (const row of eachRow(core.store, namespaces)) {
    changes.push(corrected(row, counted.get(row.namespace)))
    counted.delete(row.namespace)
  }
  return [...changes, ...[...counted.values()].map((row) => insert(namespaces, row))]
}

function corrected(row: Stored<NamespaceRow>, counted: NamespaceRow | undefined): Change {
  return counted === undefined
    ? remove(namespaces, [row.namespace], { rev: row.rev })
    : put(namespaces, counted, row.rev)
}

/** By namespace, from the rows that count. */
export async function countAll(
  core: Pick<Core, 'store'>,
  countRepository: CountRepository,
): Promise<Map<string, NamespaceRow>> {
  const counted = new Map<string, NamespaceRow>()
  for await (const { id, namespace } of eachRow(core.store, repositories)) {
    const { bytes, manifests } = await countRepository(id)
    const sum = counted.get(namespace)
    counted.set(namespace, {
      namespace,
      bytes: (sum?.bytes ?? 0) + bytes,
      repositories: (sum?.repositories ?? 0) + 1,
      manifests: (sum?.manifests ?? 0) + manifests,
    })
  }
  return counted
}
