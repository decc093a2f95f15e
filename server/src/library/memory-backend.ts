import type { BackendOptions } from './backend-options.ts'
import { EngineBackend } from './engine-backend.ts'
import { openMemoryEngines } from './engines/memory.ts'

/** Artifacts in the memory of this process. After `disconnect` they are gone. */
export class MemoryBackend extends EngineBackend {
  constructor(options: BackendOptions = {}) {
    super(openMemoryEngines, options)
  }
}
