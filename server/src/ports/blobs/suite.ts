import type { ContractCase } from '../contract.ts'
import { appending } from './suite/appending.ts'
import { type BlobsHarness, bindCase } from './suite/harness.ts'
import { keeping } from './suite/keeping.ts'
import { owning } from './suite/owning.ts'
import { reading } from './suite/reading.ts'
import { sealing } from './suite/sealing.ts'

/** What every engine of Blobs must do. Each case starts an engine of its own. */
export function blobsContract(harness: BlobsHarness): ContractCase[] {
  return [...appending, ...sealing, ...reading, ...keeping, ...owning]
    .filter(({ flips = false }) => harness.flips || !flips)
    .map((one) => bindCase(harness, one))
}
