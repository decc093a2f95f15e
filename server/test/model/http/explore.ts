import fc from 'fast-check'
import type { Found } from '../search.ts'
import { checkRun } from './check-run.ts'
import type { Driver } from './driver.ts'
import { type DriverName, drivers } from './drivers.ts'
import { program } from './program.ts'

export interface Exploration {
  readonly runs: number
  readonly seed: number
  readonly driver: DriverName
  /** Programs played so far; those that make a failing one smaller are counted too. */
  readonly tell?: (played: number, failed: boolean) => void
}

/** Opening a registry takes as long as many programs do. Once one has failed, each has its own: the failure must be its. */
const programsEach = 25

/** Plays random programs, and makes the first that fails as small as it can. */
export async function explore({ runs, seed, driver: name, tell }: Exploration): Promise<Found> {
  let driver: Driver | undefined
  let played = 0
  let failed = false
  const close = async (): Promise<void> => {
    const open = driver
    driver = undefined
    await open?.[Symbol.asyncDispose]()
  }
  const property = fc.asyncProperty(program, async (each) => {
    if (failed || played++ % programsEach === 0) await close()
    driver ??= await drivers[name]()
    driver.next()
    try {
      await checkRun(driver, each)
    } catch (error) {
      failed = true
      throw error
    } finally {
      tell?.(played, failed)
    }
  })
  try {
    const found = await fc.check(property, { numRuns: runs, seed })
    const report = found.failed ? `${fc.defaultReportMessage(found)}\n${told(found.errorInstance)}` : ''
    return { failed: found.failed, runs: found.numRuns, report }
  } finally {
    await close()
  }
}

function told(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
