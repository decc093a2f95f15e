import type { ContractCase } from '../ports/contract.ts'
import { abandoning } from './backend-suite/abandoning.ts'
import { connecting } from './backend-suite/connecting.ts'
import { finding } from './backend-suite/finding.ts'
import { type BackendHarness, bindCase } from './backend-suite/harness.ts'
import { hostile } from './backend-suite/hostile.ts'
import { isolating } from './backend-suite/isolating.ts'
import { joining } from './backend-suite/joining.ts'
import { making } from './backend-suite/making.ts'
import { paging } from './backend-suite/paging.ts'
import { racing } from './backend-suite/racing.ts'
import { removing } from './backend-suite/removing.ts'
import { versions } from './backend-suite/versions.ts'
import { words } from './backend-suite/words.ts'

/** What every backend must do. Each case starts one of its own. */
export function backendContract(harness: BackendHarness): ContractCase[] {
  return [
    ...connecting,
    ...making,
    ...words,
    ...removing,
    ...versions,
    ...finding,
    ...paging,
    ...racing,
    ...isolating,
    ...joining,
    ...abandoning,
    ...hostile,
  ]
    .filter(({ durable = false }) => harness.can.durable || !durable)
    .map((one) => bindCase(harness, one))
}
