import { RegistryError } from '../../domain/error.ts'
import { artifactKinds, isArtifactKind } from '../../domain/reserved-names.ts'
import { kindsByName } from '../../kinds/kinds.ts'
import type { Value } from '../../ports/store/table.ts'
import { namespaces, repositories } from '../content/tables.ts'
import type { Core } from '../ledger/core.ts'
import { artifacts } from './tables.ts'

const ownKinds: ReadonlyMap<string, unknown> = kindsByName()

interface Reading extends Pick<Core, 'kinds'> {
  readonly store: Pick<Core['store'], 'get' | 'find'>
}

/** Repositories that one message names. */
const mostNamed = 10
const pageSize = 100

/**
 * The first segment of a path is a kind or a namespace, and what it is must not change for what is there already: neither
 * by a kind that somebody adds, nor by one that is gone from the configuration.
 * @throws RegistryError `parameter-invalid`, of `kinds`, with words for the operator
 */
export async function requireKnownKinds(core: Reading): Promise<void> {
  for (const kind of core.kinds.keys()) {
    if (!ownKinds.has(kind)) await requireNoNamespace(core, kind)
  }
  for (const kind of await kindsInUse(core)) {
    if (core.kinds.has(kind) || isArtifactKind(kind)) continue
    throw invalid(
      `there are artifacts of the kind ${kind}, which is not configured: their paths would mean something else; put it back below kinds, or purge them first`,
    )
  }
}

function invalid(reason: string): RegistryError<'parameter-invalid'> {
  return new RegistryError('parameter-invalid', { parameter: 'kinds', reason })
}

async function requireNoNamespace(core: Reading, kind: string): Promise<void> {
  const used = await core.store.get(namespaces, [kind])
  if (used === undefined || used.repositories === 0) return
  const names = await repositoriesIn(core, kind)
  if (names.length === 0) return
  const more = used.repositories > names.length ? `, and ${used.repositories - names.length} more` : ''
  throw invalid(
    `the kind ${kind} cannot be added: there are repositories in a namespace of this name (${names.join(', ')}${more}); choose another name for the kind, or copy them to another namespace and delete them first`,
  )
}

/** Those of all kinds: `recipe/pie` is in that namespace, and `model/recipe/pie` is too. */
async function repositoriesIn(core: Reading, namespace: string): Promise<readonly string[]> {
  const prefixes = new Set(['', ...[...artifactKinds, ...core.kinds.keys()].map((kind) => `${kind}/`)])
  const found: string[] = []
  for (const prefix of prefixes) {
    for (const live of [true, false]) {
      if (found.length >= mostNamed) return found.slice(0, mostNamed)
      found.push(...(await repositoriesBelow(core, `${prefix}${namespace}/`, live, namespace)))
    }
  }
  return found.slice(0, mostNamed)
}

async function repositoriesBelow(
  { store }: Reading,
  beginning: string,
  live: boolean,
  namespace: string,
): Promise<readonly string[]> {
  const found: string[] = []
  let beyond = beginning
  for (let more = true; more && found.length < mostNamed; ) {
    const { rows } = await store.find(repositories, {
      index: 'byLife',
      eq: [live],
      beyond: [beyond],
      limit: pageSize,
    })
    const within = rows.filter(({ name }) => name.startsWith(beginning))
    found.push(...within.filter((row) => row.namespace === namespace).map(({ name }) => name))
    more = within.length === pageSize
    beyond = within.at(-1)?.name ?? beyond
  }
  return found
}

/** One look for each, whatever their number of artifacts. */
async function kindsInUse({ store }: Reading): Promise<ReadonlySet<string>> {
  const found = new Set<string>()
  for (const live of [true, false]) {
    for (const published of [true, false]) {
      for (let last: string | undefined = ''; last !== undefined; ) {
        last = await firstKindAfter(store, [live, published], last)
        if (last !== undefined) found.add(last)
      }
    }
  }
  return found
}

async function firstKindAfter(
  store: Reading['store'],
  eq: readonly Value[],
  last: string,
): Promise<string | undefined> {
  const { rows } = await store.find(artifacts, { index: 'byKind_name', eq, beyond: [last], limit: 1 })
  return rows[0]?.kind
}
