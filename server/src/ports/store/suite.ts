import type { ContractCase } from '../contract.ts'
import { batches } from './suite/batches.ts'
import { changing } from './suite/changing.ts'
import { following } from './suite/following.ts'
import { bindCase, type StoreHarness } from './suite/harness.ts'
import { keeping } from './suite/keeping.ts'
import { logs } from './suite/logs.ts'
import { ordering } from './suite/ordering.ts'
import { paging } from './suite/paging.ts'
import { racing } from './suite/racing.ts'
import { reading } from './suite/reading.ts'
import { snapshots } from './suite/snapshots.ts'
import { values } from './suite/values.ts'

/** What every engine of Store must do. Each case opens a store of its own. */
export function storeContract(harness: StoreHarness): ContractCase[] {
  return [
    ...changing,
    ...batches,
    ...values,
    ...reading,
    ...ordering,
    ...paging,
    ...logs,
    ...racing,
    ...keeping,
    ...snapshots,
    ...following,
  ]
    .filter(({ durable = false }) => harness.can.durable || !durable)
    .filter(({ snapshot = false }) => harness.can.snapshot || !snapshot)
    .filter(({ shared = false }) => harness.can.shared || !shared)
    .map((one) => bindCase(harness, one))
}
