import { Shared } from '../../engines/servers/shared.ts'
import type { Measured } from '../../session/row.ts'
import { type FilledEngine, filledEngine, filledFts5 } from '../filling/filled-engines.ts'
import { type FilledPlace, filledPlace } from '../filling/filled-place.ts'
import type { EngineAt, EngineName } from '../task.ts'

/** What rows have in common of one size: a place that is filled when somebody wants it, and servers that stand while rows do. */
export class Filled {
  readonly #cache: string
  readonly artifacts: number
  readonly #engines: ReadonlyMap<EngineName, Shared<FilledEngine>>
  #place: Promise<FilledPlace> | undefined

  constructor(cache: string, artifacts: number) {
    this.#cache = cache
    this.artifacts = artifacts
    const names: readonly EngineName[] = ['memory', 'sqlite', 'postgresql', 'opensearch']
    this.#engines = new Map(
      names.map((name) => [name, new Shared(async () => await filledEngine(await this.place(), name))]),
    )
  }

  async place(): Promise<FilledPlace> {
    this.#place ??= filledPlace(this.#cache, this.artifacts)
    try {
      return await this.#place
    } catch (error) {
      this.#place = undefined
      throw error
    }
  }

  /** The engine that the target is called like, for as long as the row lasts. */
  async engine(target: Measured): Promise<EngineAt> {
    const shared = this.#engines.get(target.name as EngineName)
    if (shared === undefined) throw new Error(`${target.name} is no engine`)
    return (await target.once(() => shared.lease())).value.at
  }

  async fts5(): Promise<string> {
    return await filledFts5(await this.place())
  }
}

/** Numbers the measurements of each target: those of one round have the same number, and each is asked otherwise. */
export class Turns {
  readonly #next = new Map<string, number>()

  next(target: string): number {
    const turn = (this.#next.get(target) ?? 0) + 1
    this.#next.set(target, turn)
    return turn
  }
}
