// The package `lading`: artifacts and versions of any kind, in the process that imports it.
import './needed-node.ts'

export type { VersionDiff } from '../core/artifacts/diff-versions.ts'
export type { Walked } from '../core/artifacts/walk.ts'
export type { Limits } from '../core/ledger/limits.ts'
export type { Proficiency, Visibility } from '../domain/artifact.ts'
export type { GrantScope, KeyScope } from '../domain/grant.ts'
export { type Permission, permissions } from '../domain/permission.ts'
export type { Principal, Via } from '../domain/principal.ts'
export type {
  SearchFacet,
  SearchField,
  SearchNumber,
  SearchSort,
  Sight,
  SightClause,
} from '../domain/search.ts'
export type { UserKind } from '../kinds/user-kind.ts'
export type { Blobs, BlobsCapabilities, ByteRange, FileName, OpenedBlob } from '../ports/blobs/blobs.ts'
export { BlobsError, type BlobsErrorKind } from '../ports/blobs/errors.ts'
export type { Cache as ICache, CacheStats } from '../ports/cache/cache.ts'
export type { TierReport } from '../ports/cache/tiered-cache.ts'
export type { Clock } from '../ports/clock/clock.ts'
export type { Random } from '../ports/random/random.ts'
export { SearchError, type SearchErrorKind } from '../ports/search/errors.ts'
export {
  type Alternative,
  type Clause,
  type CompletionQuery,
  type EngineAnswer,
  type EngineHit,
  type EngineQuery,
  estimatedBy,
  type FacetCount,
  facetKey,
  gapWord,
  type HavingQuery,
  type IndexChange,
  type Mark,
  type Rebuilding,
  type SearchDocument,
  type SearchEngine as ISearchEngine,
  type SearchFilter,
  type SearchPlace,
  type SimilarQuery,
  type SimilarWord,
  searchBounds,
} from '../ports/search/search.ts'
export { newBatchId } from '../ports/store/batch-id.ts'
export { append, check, insert, type Patch, patch, put, remove } from '../ports/store/change.ts'
export { StoreError, type StoreErrorKind } from '../ports/store/errors.ts'
export {
  type BatchId,
  type Change,
  type Cursor,
  type Find,
  type Key,
  type LogEntry,
  type Outcome,
  type Page as StorePage,
  type Position,
  type ReadFrom,
  type RowParts,
  type SeenEntry,
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
export type { AccessOptions, BackendOptions, Report } from './backend-options.ts'
export type * from './backend-types.ts'
export { DiskCache, type DiskCacheOptions } from './engines/disk-cache.ts'
export { ElasticsearchEngine } from './engines/elasticsearch-engine.ts'
export { FarCache, type FarTierOptions, type TieredCacheOptions } from './engines/far-cache.ts'
export { openFolderBlobs } from './engines/folder-blobs.ts'
export { MemcachedCache, type MemcachedCacheOptions } from './engines/memcached-cache.ts'
export { MemoryCache, type MemoryCacheOptions } from './engines/memory-cache.ts'
export { MemorySearchEngine } from './engines/memory-search-engine.ts'
export { OpenSearchEngine } from './engines/open-search-engine.ts'
export { RedisCache, type RedisCacheOptions } from './engines/redis-cache.ts'
export { openS3Blobs, type S3BlobsOptions } from './engines/s3-blobs.ts'
export type { SearchServerOptions } from './engines/search-server-options.ts'
export { tieredCache } from './engines/tiered-cache.ts'
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
export type * from './flat-types.ts'
export { MemoryBackend } from './memory-backend.ts'
export { MongoDBBackend, type MongoDBBackendOptions } from './mongodb-backend.ts'
export { PostgreSQLBackend, type PostgreSQLBackendOptions } from './postgresql-backend.ts'
export { RBAC } from './rbac.ts'
export type {
  Collection,
  CollectionChanges,
  Collections,
  NewCollection,
} from './registry-collections.ts'
export type {
  ArtifactEvent,
  ArtifactEventKind,
  CollectionEvent,
  CollectionEventKind,
  EventOf,
  RegistryEvent,
  RegistryEventKind,
} from './registry-events.ts'
export type { Listener, OnError } from './registry-events-listeners.ts'
export { RegistryManager, type RegistryManagerOptions } from './registry-manager.ts'
export { type Result, unwrap } from './result.ts'
export type { SearchBounds } from './search/search-bounds.ts'
export type * from './search/search-types.ts'
export {
  type CoerceOptions,
  type LatestOptions,
  type RangeOptions,
  type ReleaseType,
  releaseTypes,
  SemverManager,
} from './semver-manager.ts'
export { SQLiteBackend, type SQLiteBackendOptions } from './sqlite-backend.ts'
export { StoreBackend, type StoreBackendOptions } from './store-backend.ts'
export type { MostDownloaded, Warmed } from './warm-reads.ts'
