/**
 * Decides whose step is next. Every call that leaves a process in the real world waits here for its turn, and a list
 * of numbers picks who goes: the same list gives the same interleaving.
 */
export class Turns {
  readonly #choices: readonly number[]
  readonly #patienceMs: number
  readonly #waiting: { readonly epoch: number; readonly go: () => void }[] = []
  #step = 0
  #epoch = 0
  #open = true

  /** @param patienceMs for how long nobody may be waiting: where calls go to a server, which takes its time */
  constructor(choices: readonly number[], patienceMs = 0) {
    this.#choices = choices
    this.#patienceMs = patienceMs
  }

  /** While open, nobody waits: for what happens before and after the race. */
  set open(open: boolean) {
    this.#open = open
  }

  /** Whoever waits is never called again: the process they belonged to was killed. */
  kill(): void {
    this.#epoch++
    this.#waiting.length = 0
  }

  async take(epoch: number): Promise<void> {
    if (epoch !== this.#epoch) return await new Promise<void>(() => {})
    if (this.#open) return
    await new Promise<void>((go) => this.#waiting.push({ epoch, go }))
  }

  get epoch(): number {
    return this.#epoch
  }

  /** Lets one after the other go until `work` has ended. */
  async run(work: Promise<unknown>): Promise<void> {
    let running = true
    let idle = 0
    let since = performance.now()
    const end = work.finally(() => {
      running = false
    })
    // Heard below, once nobody runs any more.
    end.catch(() => {})
    this.#open = false
    while (running) {
      await settled()
      if (!running) break
      if (this.#waiting.length === 0) {
        if (++idle > patience && performance.now() - since >= this.#patienceMs)
          throw new Error('everybody waits for something that no turn brings')
        continue
      }
      idle = 0
      since = performance.now()
      const choice = this.#choices[this.#step++ % Math.max(1, this.#choices.length)] ?? 0
      this.#waiting.splice(choice % this.#waiting.length, 1)[0]?.go()
    }
    this.#open = true
    await end
  }
}

/** Looks at an empty queue before it is called a deadlock: a process that starts takes a few. */
const patience = 100

/** All that can go on without a turn has gone on. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
