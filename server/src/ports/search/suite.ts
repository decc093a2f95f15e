import assert from 'node:assert/strict'
import type { ContractCase } from '../contract.ts'
import { completing } from './suite/completing.ts'
import { following } from './suite/following.ts'
import { bindSearchCase, type SearchCase, type SearchHarness } from './suite/harness.ts'
import { having } from './suite/having.ts'
import { matching } from './suite/matching.ts'
import { narrowing } from './suite/narrowing.ts'
import { ordering } from './suite/ordering.ts'
import { seeing } from './suite/seeing.ts'

/** What every search engine must do. Each case opens one of its own. */
export function searchContract(harness: SearchHarness): ContractCase[] {
  const cases: readonly SearchCase[] = [
    ...matching,
    ...narrowing,
    ...seeing,
    ...having,
    ...ordering,
    ...completing,
    ...following,
  ]
  assert.equal(new Set(cases.map(({ name }) => name)).size, cases.length)
  return cases
    .filter(({ needs }) => needs === undefined || harness.can[needs])
    .map((one) => bindSearchCase(harness, one))
}
