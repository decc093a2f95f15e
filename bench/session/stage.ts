import { makeSeed, type Seed } from '../oci/content.ts'
import { findProgram, type Missing, type Program, type Wanted } from '../process/find-program.ts'
import { freshFolder } from '../process/folder.ts'
import type { Running } from '../process/serve.ts'
import type { Ready, Target } from '../targets/target.ts'
import type { Measured } from './row.ts'

/** All targets that are there, and what keeps the others away. Disposal ends what stands. */
export class Stage implements AsyncDisposable {
  readonly targets: ReadonlyMap<string, Ready | Missing>
  readonly programs: ReadonlyMap<string, Program | Missing>
  readonly #model: string
  readonly #standing = new Map<string, Promise<Running>>()
  readonly #made = new Map<string, Promise<AsyncDisposable>>()
  readonly #stack = new AsyncDisposableStack()
  #row = new AsyncDisposableStack()
  #seed: Seed | undefined

  private constructor(
    targets: ReadonlyMap<string, Ready | Missing>,
    programs: ReadonlyMap<string, Program | Missing>,
    model: string,
  ) {
    this.targets = targets
    this.programs = programs
    this.#model = model
  }

  /** `model` is the target that others imitate. */
  static async of(
    targets: readonly Target[],
    wanted: readonly Wanted[],
    model: string,
    env: NodeJS.ProcessEnv,
  ): Promise<Stage> {
    const ready = await Promise.all(
      targets.map(async (target) => [target.name, await target.find(env)] as const),
    )
    const programs = await Promise.all(
      wanted.map(async (each) => [each.name, await findProgram(each, env)] as const),
    )
    return new Stage(new Map(ready), new Map(programs), model)
  }

  /** Why the target cannot take part. */
  missing(name: string): string | undefined {
    const target = this.targets.get(name)
    if (target === undefined) return `there is no target ${name}`
    return 'missing' in target ? target.missing : undefined
  }

  /** Throws where the target is missing: ask first. */
  measured(name: string): Measured {
    const ready = this.targets.get(name)
    if (ready === undefined || 'missing' in ready) throw new Error(`${name} is missing`)
    const content = (): Seed => this.#content()
    return {
      name,
      ready,
      // Made when it is first looked at: it is large, and some rows do without.
      get seed() {
        return content()
      },
      program: (wanted) => {
        const program = this.programs.get(wanted)
        if (program === undefined || 'missing' in program) throw new Error(`${wanted} is missing`)
        return program
      },
      standing: () => this.#stand(name, ready),
      once: async <T extends AsyncDisposable>(make: () => Promise<T>): Promise<T> => {
        const there = this.#made.get(name) ?? make().then((made) => this.#row.use(made))
        this.#made.set(name, there)
        return (await there) as T
      },
    }
  }

  async endRow(): Promise<void> {
    const made = this.#row
    this.#row = new AsyncDisposableStack()
    this.#made.clear()
    await made.disposeAsync()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#row.disposeAsync()
    await this.#stack.disposeAsync()
  }

  #content(): Seed {
    this.#seed ??= makeSeed()
    return this.#seed
  }

  #stand(name: string, ready: Ready): Promise<Running> {
    const there = this.#standing.get(name)
    if (there !== undefined) return there
    const starting = this.#start(name, ready)
    this.#standing.set(name, starting)
    return starting
  }

  async #start(name: string, ready: Ready): Promise<Running> {
    const folder = this.#stack.use(await freshFolder())
    const running = this.#stack.use(await ready.start(folder.path))
    await ready.seed(running, this.#content(), async () => {
      if (name === this.#model) throw new Error(`${name} imitates itself`)
      return await this.measured(this.#model).standing()
    })
    return running
  }
}
