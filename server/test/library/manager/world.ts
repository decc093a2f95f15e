import { describe } from 'node:test'
import { ManualClock } from '../../../src/adapters/clock/manual/manual-clock.ts'
import type { BackendOptions } from '../../../src/library/backend-options.ts'
import type { Backend } from '../../../src/library/backend-types.ts'
import type { FlatArtifact, NewFlatArtifact } from '../../../src/library/flat-types.ts'
import { MemoryBackend } from '../../../src/library/memory-backend.ts'
import { RegistryManager, type RegistryManagerOptions } from '../../../src/library/registry-manager.ts'
import { unwrap } from '../../../src/library/result.ts'
import { SQLiteBackend } from '../../../src/library/sqlite-backend.ts'
import type { Cache } from '../../../src/ports/cache/cache.ts'
import type { SearchEngine } from '../../../src/ports/search/search.ts'

export interface World extends AsyncDisposable {
  readonly backend: Backend
  readonly registry: RegistryManager
  readonly clock: ManualClock
  /** What listeners threw. */
  readonly errors: unknown[]
  /** An artifact with what is given, and the rest as it does not matter. */
  create(given?: Partial<NewFlatArtifact>): Promise<FlatArtifact>
}

export interface WorldOptions extends BackendOptions, Pick<RegistryManagerOptions, 'onError' | 'search'> {
  readonly tier?: Cache
  readonly engine?: SearchEngine
}

export type OpenWorld = (options?: WorldOptions) => Promise<World>

/** The same tests on every engine. */
export function onEachBackend(name: string, tests: (open: OpenWorld) => void): void {
  describe(`${name}, in memory`, () => tests(inMemory))
  describe(`${name}, in SQLite`, () => tests(inSqlite))
}

export const inMemory: OpenWorld = (options = {}) => openWorld((given) => new MemoryBackend(given), options)

export const inSqlite: OpenWorld = (options = {}) =>
  openWorld((given) => new SQLiteBackend({ filename: ':memory:', ...given }), options)

export async function openWorld(
  make: (options: BackendOptions) => Backend,
  { tier, engine, onError, search, ...options }: WorldOptions,
): Promise<World> {
  const clock = new ManualClock()
  const errors: unknown[] = []
  const backend = make({ jobs: false, clock, ...options })
  const registry = new RegistryManager(backend, tier, engine, {
    onError: onError ?? ((error) => void errors.push(error)),
    ...(search && { search }),
  })
  unwrap(await backend.connect())
  return {
    backend,
    registry,
    clock,
    errors,
    create: (given) => registry.create({ ...usual, ...given }),
    [Symbol.asyncDispose]: async () => {
      unwrap(await backend.disconnect())
    },
  }
}

export const usual: NewFlatArtifact = {
  orgId: 'acme',
  ownerId: 'ada',
  name: 'Ada the Reviewer',
  type: 'persona',
  sourceCode: 'PERSONA Ada',
}

/** Which error some work throws: its class, code and field. */
export async function failure(work: Promise<unknown>): Promise<string> {
  try {
    await work
    return 'none'
  } catch (error) {
    const { name, code, field } = error as { name: string; code?: string; field?: string }
    return [name, code, field].filter((part) => part !== undefined).join(' ')
  }
}
