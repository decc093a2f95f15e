import type { Digest } from '../../../domain/digest.ts'
import type { Blobs } from '../../../ports/blobs/blobs.ts'
import type { Store } from '../../../ports/store/store.ts'
import type { Schema } from '../../../ports/store/table.ts'
import type { Core } from '../../ledger/core.ts'

/** Where a registry is copied to. Disposal closes both. */
export interface CopyTarget extends AsyncDisposable {
  readonly store: Store
  readonly blobs: Blobs
  /** At which store and source stand. */
  readonly schema: Pick<Schema, 'tables' | 'logs'>
}

/** Whose the target becomes. */
export interface ClaimParts {
  readonly core: Pick<Core, 'clock' | 'random' | 'telemetry' | 'limits'>
  readonly target: CopyTarget
  /** Which registry is copied: see `registryId`. */
  readonly registry: Digest
  /** Of Lading. */
  readonly release: string
  /** ms: see `CopyBounds`. */
  readonly aliveTime: number
}
