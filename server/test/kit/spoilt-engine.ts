import { overriding } from '../../src/domain/overriding.ts'
import type { SearchEngine } from '../../src/ports/search/search.ts'

export interface SpoiltEngine {
  readonly engine: SearchEngine
  /** What is done instead; the engine itself does what is not here. */
  faults: Partial<Pick<SearchEngine, (typeof spoilt)[number]>>
}

const spoilt = ['mark', 'apply', 'rebuild', 'query', 'having', 'complete', 'similar', 'list'] as const

/** An engine whose methods a test replaces as it goes. */
export function spoiltEngine(inner: SearchEngine): SpoiltEngine {
  const held: { faults: SpoiltEngine['faults'] } = { faults: {} }
  const own = (name: (typeof spoilt)[number]): ((...given: never[]) => unknown) =>
    held.faults[name] ?? inner[name].bind(inner)
  const through = spoilt.map((name) => [name, (...given: never[]) => own(name)(...given)] as const)
  return Object.assign(held, { engine: overriding(inner, Object.fromEntries(through)) })
}
