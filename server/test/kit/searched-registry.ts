import { openMemorySearch } from '../../src/adapters/search/memory/open-memory-search.ts'
import { createApiDoor } from '../../src/api/rest/door.ts'
import { searchRoutes } from '../../src/api/search/routes.ts'
import { bindSearch, type Searching, type SearchParts } from '../../src/boot/compose/searching.ts'
import type { Registry } from '../../src/boot/registry.ts'
import type { Access } from '../../src/core/access/access.ts'
import type { CreateArtifact } from '../../src/core/authoring/create-artifact.ts'
import type { Artifact } from '../../src/domain/artifact.ts'
import { parseNamespace } from '../../src/domain/repository-name.ts'
import { listen } from '../../src/http/listen.ts'
import { createPagesDoor } from '../../src/pages/home/door.ts'
import { callerOf } from '../core/kit.ts'
import { startTestRegistry, type TestRegistry, type TestRegistryOptions } from './test-registry.ts'

export interface SearchedRegistry extends AsyncDisposable {
  /** Of the doors that search: the API and the pages. */
  readonly url: string
  readonly registry: TestRegistry
  readonly searching: Searching
  /** What the doors have reported as nobody's fault but the registry's. */
  readonly reported: unknown[]
  /** A published artifact, and the index has it; `owner` is a user's name. */
  create(given: Partial<CreateArtifact>): Promise<Artifact>
  /** The index is as the store is. */
  indexed(): Promise<void>
}

/** A registry with its own search in memory, and the doors that search opened on that. */
export async function startSearchedRegistry(
  options: TestRegistryOptions = {},
  parts: Partial<SearchParts> = {},
): Promise<SearchedRegistry> {
  const registry = await startTestRegistry(options)
  const { composed, config } = registry
  const engine = openMemorySearch()
  const main = { name: 'memory', engine }
  const searching = composed.searchOver({ main, timeout: 5_000, pause: 1_000, interval: 1_000, ...parts })
  const { access } = composed.registry
  const searched: Registry = { ...composed.registry, search: bindSearch(access as Access, searching) }
  const reported: unknown[] = []
  const report = (_message: string, error: unknown): void => void reported.push(error)
  const cookies = { isSecure: false }
  const doors = [
    createApiDoor(searched.access, searchRoutes(searched), { bodyBytes: 65_536, cookies }, report),
    createPagesDoor(searched, { publicUrl: undefined, tls: false, canSearch: true, cookies }, report),
  ]
  const server = await listen(doors, { host: '127.0.0.1', port: 0, limits: config.limits, report })
  const indexed = async (): Promise<void> => {
    await searching.catchUp()
  }
  await indexed()
  return {
    url: `http://127.0.0.1:${server.address.port}`,
    registry,
    searching,
    reported,
    indexed,
    create: async ({ owner = 'ada', ...given }) => {
      const made = await composed.registry.artifacts.create(callerOf(), {
        kind: 'persona',
        namespace: parseNamespace('acme'),
        slug: undefined,
        owner: `user:${owner}`,
        visibility: 'public',
        metadata: { name: 'Ada the Reviewer' },
        document: undefined,
        source: '',
        version: '1.0.0',
        changelog: '',
        published: true,
        ...given,
      })
      await indexed()
      return made
    },
    [Symbol.asyncDispose]: async () => {
      await server.close(0)
      await searching.close()
      await engine.close()
      await registry[Symbol.asyncDispose]()
    },
  }
}
