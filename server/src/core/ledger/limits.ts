/** Bounds that the use cases keep. Each is a setting `limits.<name>`; sizes in bytes, times in ms. */
export interface Limits {
  /** Content up to this size stands in the store, without a file. */
  readonly inlineBytes: number
  /** One blob. */
  readonly blobBytes: number
  readonly manifestBytes: number
  /** Digests that one manifest may name. A batch holds two changes for each, so 400 is the most that fits. */
  readonly linksPerManifest: number
  /** Five rows each: with the links of the largest manifest, 30 are the most that fit into a batch. */
  readonly tagsPerPush: number
  /** Rows that one page of a list may have. */
  readonly pageSize: number
  /** An upload without new bytes ends after this time. */
  readonly uploadLifetime: number
  /** Content that nothing names is kept for at least this time after it was last touched. */
  readonly graceTime: number
  /** Bytes of a removed blob stay for this time, for requests that had already found it. */
  readonly trashDelay: number
  /** A link by which a client fetches a blob elsewhere is good for so long: less than `trashDelay`, by as much as clocks may differ. */
  readonly redirectLifetime: number
  /** How often a change is tried again when others got in between. */
  readonly commitRetries: number
  /** Requests of this process that write to uploads at a time. */
  readonly uploadsInProgress: number
  /** Where less than this is free, nothing more is taken in: what frees space still needs some. */
  readonly minFreeBytes: number
  /** How long the disk may take to answer before it counts as slow. */
  readonly probeTime: number
  /** For so long what was found of the parts is told again, before they are tried anew. */
  readonly probeInterval: number
  /** Pulls are counted in memory, and written so often. */
  readonly pullFlushInterval: number
  /** Manifests whose pulls are counted in memory at a time; when there are more, they are written early. */
  readonly pullsHeld: number
  /** An entry of a tag's history holds its manifest for so long. */
  readonly historyWindow: number
  /** What a report of a cleaning names one by one; more is counted only. */
  readonly reportedItems: number
  /** How long a request waits for another of this process that writes to the same upload. */
  readonly uploadWait: number
  /** Characters of an artifact's title, and of every other field of one line. */
  readonly titleLength: number
  /** Characters of a description or a changelog. */
  readonly textLength: number
  /** Characters of one topic, keyword, capability or skill. */
  readonly termLength: number
  /** Of each of these, how many an artifact may have. With 200 dependencies, 50 are the most that fit into a batch. */
  readonly termsPerArtifact: number
  /** Custom fields of an artifact, all together. */
  readonly customBytes: number
  /** How deep custom fields and documents may be nested. */
  readonly customDepth: number
  /** Values of one document or tree that is given as an object, those in lists and objects and these themselves. */
  readonly jsonNodes: number
  /** A version's document. */
  readonly documentBytes: number
  /** What a version's source may have, and what is held in memory of a version that is read. */
  readonly sourceBytes: number
  /** What the sources on one page of a list may have together. */
  readonly sourcesPerPage: number
  /** Of one version, beside its source. */
  readonly filesPerVersion: number
  /** Versions of one artifact that a list can have. */
  readonly versionsListed: number
  /** What one version may name of others. */
  readonly dependencies: number
  /** How far dependencies are followed, and how many are told. */
  readonly walkDepth: number
  readonly walkCount: number
  /** Artifacts of one collection. */
  readonly collectionSize: number
  /** For so long a list is looked for by walking, where no index narrows it down. */
  readonly scanTime: number
  /** After this time a transaction that nobody has ended is rolled back. */
  readonly transactionTime: number
}

export const defaultLimits: Limits = {
  inlineBytes: 64 * 1024,
  blobBytes: 1024 ** 4,
  manifestBytes: 8 * 1024 * 1024,
  linksPerManifest: 400,
  tagsPerPush: 30,
  pageSize: 1000,
  uploadLifetime: 24 * 3_600_000,
  graceTime: 24 * 3_600_000,
  trashDelay: 15 * 60_000,
  redirectLifetime: 10 * 60_000,
  commitRetries: 100,
  uploadsInProgress: 1000,
  minFreeBytes: 256 * 1024 * 1024,
  probeTime: 5_000,
  probeInterval: 10_000,
  pullFlushInterval: 5_000,
  pullsHeld: 10_000,
  historyWindow: 30 * 24 * 3_600_000,
  reportedItems: 1000,
  uploadWait: 5_000,
  titleLength: 200,
  textLength: 10_000,
  termLength: 100,
  termsPerArtifact: 50,
  customBytes: 64 * 1024,
  customDepth: 16,
  jsonNodes: 100_000,
  documentBytes: 1024 * 1024,
  sourceBytes: 64 * 1024 * 1024,
  sourcesPerPage: 256 * 1024 * 1024,
  filesPerVersion: 100,
  versionsListed: 10_000,
  dependencies: 200,
  walkDepth: 32,
  walkCount: 10_000,
  collectionSize: 1000,
  scanTime: 5_000,
  transactionTime: 30_000,
}
