// The package `lading/testing`: what proves an engine, as cases that any test runner can run.
import './needed-node.ts'

export type { BlobsFixture, BlobsHarness } from '../ports/blobs/suite/harness.ts'
export { blobsContract } from '../ports/blobs/suite.ts'
export { type CacheHarness, cacheContract } from '../ports/cache/suite.ts'
export type { ContractCase } from '../ports/contract.ts'
export type { SearchFixture, SearchHarness } from '../ports/search/suite/harness.ts'
export { searchContract } from '../ports/search/suite.ts'
export type { StoreFixture, StoreHarness } from '../ports/store/suite/harness.ts'
export { storeContract } from '../ports/store/suite.ts'
export type { BackendFixture, BackendHarness } from './backend-suite/harness.ts'
export { backendContract } from './backend-suite.ts'
