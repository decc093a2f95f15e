import type { Usage } from '../../domain/quota.ts'
import { insert, patch } from '../../ports/store/change.ts'
import { type Change, storeLimits } from '../../ports/store/store.ts'
import { type TermCountRow, termCounts } from '../artifacts/tables.ts'
import { spend } from '../content/usage.ts'
import type { Core } from '../ledger/core.ts'

/** What rows of many artifacts add up to, put into the store at once. */
export class SeededSums {
  readonly #namespaces = new Map<string, Usage>()
  readonly #terms = { topic: new Map<string, number>(), skill: new Map<string, number>() }

  use(namespace: string, more: Partial<Usage>): void {
    const { bytes, repositories, manifests } = this.#namespaces.get(namespace) ?? {
      bytes: 0,
      repositories: 0,
      manifests: 0,
    }
    this.#namespaces.set(namespace, {
      bytes: bytes + (more.bytes ?? 0),
      repositories: repositories + (more.repositories ?? 0),
      manifests: manifests + (more.manifests ?? 0),
    })
  }

  /** A live artifact has the term. */
  count(field: 'topic' | 'skill', term: string): void {
    this.#terms[field].set(term, (this.#terms[field].get(term) ?? 0) + 1)
  }

  /** @throws RegistryError `quota-exceeded` */
  async keep(core: Core): Promise<void> {
    const uses = Array.from(this.#namespaces, ([namespace, use]) => {
      return () => spend(core, namespace, use)
    })
    const counts = (['topic', 'skill'] as const).flatMap((field) =>
      Array.from(this.#terms[field], ([term, count]) => {
        return async () => [await addCount(core, { field, term, artifacts: count })]
      }),
    )
    const adding = [...uses, ...counts]
    for (let at = 0; at < adding.length; at += storeLimits.changesPerBatch) {
      const part = adding.slice(at, at + storeLimits.changesPerBatch)
      await core.ledger.keep(async () => ({
        value: undefined,
        changes: (await Promise.all(part.map((add) => add()))).flat(),
      }))
    }
  }
}

async function addCount({ store }: Core, row: TermCountRow): Promise<Change> {
  const key = [row.field, row.term]
  return (await store.get(termCounts, key)) === undefined
    ? insert(termCounts, row)
    : patch(termCounts, key, { add: { artifacts: row.artifacts } })
}
