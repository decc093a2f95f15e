// The package `lading`: artifacts and versions of any kind, in the process that imports it.
import './needed-node.ts'

export type { Blobs, BlobsCapabilities, ByteRange, FileName, OpenedBlob } from '../ports/blobs/blobs.ts'
export { BlobsError, type BlobsErrorKind } from '../ports/blobs/errors.ts'
export type { Cache as ICache, CacheStats } from '../ports/cache/cache.ts'
export { newBatchId } from '../ports/store/batch-id.ts'
export { append, check, insert, type Patch, patch, put, remove } from '../ports/store/change.ts'
export { StoreError, type StoreErrorKind } from '../ports/store/errors.ts'
export {
  type BatchId,
  type Change,
  type Cursor,
  type Find,
  type Key,
  type Outcome,
  type Page as StorePage,
  type Position,
  type ReadFrom,
  type Snapshot,
  type Store,
  type StoreCapabilities,
  type Stored,
  type Survives,
  storeLimits,
  type UniqueKey,
  type When,
} from '../ports/store/store.ts'
export {
  type ColumnType,
  type Log,
  type Migration,
  type MigrationStep,
  type Row,
  type Schema,
  type Shown,
  schemaVersion,
  type Table,
  type Value,
  type View,
} from '../ports/store/table.ts'
export { ArtifactType } from './artifact-type.ts'
export type * from './backend-types.ts'
export {
  ConflictError,
  CorruptError,
  DuplicateError,
  ForbiddenError,
  InternalError,
  isRegistryError,
  NotFoundError,
  QuotaError,
  RegistryError,
  type RegistryErrorCode,
  type RegistryErrorDetails,
  type RegistryErrorJson,
  registryErrorCodes,
  TimeoutError,
  UnavailableError,
  UnknownOutcomeError,
  ValidationError,
} from './errors.ts'
export { type Result, unwrap } from './result.ts'
export {
  type CoerceOptions,
  type LatestOptions,
  type RangeOptions,
  type ReleaseType,
  releaseTypes,
  SemverManager,
} from './semver-manager.ts'
