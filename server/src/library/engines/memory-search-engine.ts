import { LateSearchEngine } from './late-search-engine.ts'
import { openMemorySearch } from './memory.ts'

/**
 * An index in the memory of this process, which looks at everything that matches: for registries of some ten thousand
 * artifacts, and for tests. It follows one registry.
 */
export class MemorySearchEngine extends LateSearchEngine {
  constructor() {
    super({ shared: false, durable: false }, openMemorySearch)
  }
}
