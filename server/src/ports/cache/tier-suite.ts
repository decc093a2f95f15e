import assert from 'node:assert/strict'
import type { ContractCase } from '../contract.ts'
import { downCases } from './tier-suite/down.ts'
import { bindTierCase, type TierCase, type TierHarness } from './tier-suite/harness.ts'
import { keepingCases } from './tier-suite/keeping.ts'
import { sharingCases } from './tier-suite/sharing.ts'

/** What every tier of bytes must do. Each case opens one of its own. */
export function tierContract(harness: TierHarness): ContractCase[] {
  const cases: readonly TierCase[] = [...keepingCases, ...sharingCases, ...downCases]
  assert.equal(new Set(cases.map(({ name }) => name)).size, cases.length)
  return cases
    .filter(({ needs }) => needs === undefined || harness.can[needs])
    .map((one) => bindTierCase(harness, one))
}
