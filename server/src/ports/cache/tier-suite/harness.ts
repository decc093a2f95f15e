import type { ContractCase } from '../../contract.ts'
import type { CacheTier } from '../tier.ts'

export interface TierFixture extends AsyncDisposable {
  /** Empty. It takes values of up to `tierValueBytes`, and none that is larger. */
  readonly tier: CacheTier
  /** Time passes for what is kept; where time is real this waits. */
  pass(ms: number): Promise<void>
  /** Another one over the same place, as another process would have it. Disposed with the fixture. */
  other?(): Promise<CacheTier>
  /** Who keeps the values is gone, without a word, until `up`. */
  down?(): Promise<void>
  up?(): Promise<void>
}

export interface TierHarness {
  readonly can: {
    /** Several see the same: `other` is there. */
    readonly shared: boolean
    /** `follow` tells what others change. */
    readonly follow: boolean
    /** `down` and `up` are there. */
    readonly down: boolean
  }
  start(): Promise<TierFixture>
}

export interface TierCase {
  readonly name: string
  readonly needs?: keyof TierHarness['can']
  check(fixture: TierFixture): Promise<void>
}

/** What a tier under proof takes. */
export const tierValueBytes: number = 1024 * 1024
/** What a call of one may take, its own time-out included. */
export const tierAnswersWithinMs = 5_000

export function bindTierCase(harness: TierHarness, { name, check }: TierCase): ContractCase {
  return {
    name,
    run: async () => {
      await using fixture = await harness.start()
      await check(fixture)
    },
  }
}

/** For who does not give up. */
export function patient(): AbortSignal {
  return AbortSignal.timeout(tierAnswersWithinMs)
}

export function bytesOf(length: number, seed = 1): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => (at * 31 + (at >> 8) * seed + seed) & 0xff)
}

/** Asks again and again: what becomes so in its own time. */
export async function becomes(holds: () => Promise<boolean>, what: string): Promise<void> {
  const late = performance.now() + 4 * tierAnswersWithinMs
  while (!(await holds())) {
    if (performance.now() > late) throw new Error(`in vain waited for: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
