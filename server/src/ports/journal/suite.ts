import type { ContractCase } from '../contract.ts'
import { failures } from './suite/failing.ts'
import { bindCase, type JournalHarness } from './suite/harness.ts'
import { leasing } from './suite/leasing.ts'
import { running } from './suite/running.ts'
import { stopping } from './suite/stopping.ts'

/** What every engine of Journal must do. Each case opens a world of its own. */
export function journalContract(harness: JournalHarness): ContractCase[] {
  return [...running, ...failures, ...leasing, ...stopping]
    .filter(({ durable = false }) => harness.durable || !durable)
    .map((one) => bindCase(harness, one))
}
