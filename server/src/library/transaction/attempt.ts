import { AsyncLocalStorage } from 'node:async_hooks'
import type { Caller } from '../../core/ledger/caller.ts'
import type { Plan } from '../../core/ledger/ledger.ts'
import type { Clock } from '../../ports/clock/clock.ts'
import type { Random } from '../../ports/random/random.ts'

/** One change of a transaction, which can be decided again and then comes to the same names and times. */
export interface Attempt {
  /** undefined: of rows that no user sees. */
  readonly caller: Caller | undefined
  readonly decide: () => Promise<Plan<unknown>>
  /** What the decision that counted was given. */
  drawn: Drawn
}

interface Drawn {
  now: number | undefined
  readonly uuids: string[]
  /** How many of them this decision has been given. */
  used: number
}

const running = new AsyncLocalStorage<Attempt>()

export function currentAttempt(): Attempt | undefined {
  return running.getStore()
}

/** Runs the work with `attempt` as the current one, and its decisions with time and names of their own. */
export async function attempted<T>(
  caller: Caller | undefined,
  decide: () => Promise<Plan<T>>,
  settle: (decide: () => Promise<Plan<T>>) => Promise<T>,
): Promise<T> {
  const attempt: Attempt = { caller, decide, drawn: nothingDrawn() }
  return await running.run(attempt, () =>
    settle(async () => {
      attempt.drawn = nothingDrawn()
      return await decide()
    }),
  )
}

/** The same with what the decision was given the first time. */
export async function attemptedAgain(
  attempt: Attempt,
  settle: (decide: Attempt['decide']) => Promise<unknown>,
): Promise<void> {
  await running.run(attempt, () =>
    settle(async () => {
      attempt.drawn.used = 0
      return await attempt.decide()
    }),
  )
}

/** Stands still while a change is decided. */
export function clockOfAttempts(clock: Clock): Clock {
  const now = (): number => {
    const drawn = running.getStore()?.drawn
    if (drawn === undefined) return clock.now()
    drawn.now ??= clock.now()
    return drawn.now
  }
  return {
    now,
    monotonic: () => clock.monotonic(),
    sleep: (ms, signal) => clock.sleep(ms, signal),
    idle: (ms, signal) => clock.idle(ms, signal),
  }
}

/** Names that a change gives are the same each time that it is decided. */
export function randomOfAttempts(random: Random): Random {
  const uuid = (): string => {
    const drawn = running.getStore()?.drawn
    if (drawn === undefined) return random.uuid()
    const at = drawn.used++
    const known = drawn.uuids[at] ?? random.uuid()
    drawn.uuids[at] = known
    return known
  }
  return { uuid, bytes: (length) => random.bytes(length), int: (below) => random.int(below) }
}

function nothingDrawn(): Drawn {
  return { now: undefined, uuids: [], used: 0 }
}
