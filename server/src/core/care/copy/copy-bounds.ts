/** How much a copy does at a time. */
export interface CopyBounds {
  /** Rows of one read, of the source and of the target: few enough that nobody whom the source serves waits for them. */
  readonly rowsPerPage: number
  /** Of one batch of the target. Every batch has one more change: the check that this copy still owns the target. */
  readonly changesPerBatch: number
  readonly bytesPerBatch: number
  /** Files that are copied, or read again, side by side. */
  readonly filesAtOnce: number
  /** Files whose rows are written together; what was copied of them is copied again after a crash. */
  readonly filesPerGroup: number
  readonly bytesPerGroup: number
  /** Passes over all records, after which a source that still changes is told of. */
  readonly passes: number
  /** How often bytes that are not sound at the target are written once more. */
  readonly mendings: number
  /** ms: of a target that several processes may open, how long a copy without a sign of life still owns it. */
  readonly aliveTime: number
  /** ms: how long the end of a log is waited for, which a transaction of somebody else on the same server may hide. */
  readonly logEndTime: number
  /** Files that this run has verified as it wrote them, and remembers; others are read again. */
  readonly filesRemembered: number
}

export const defaultCopyBounds: CopyBounds = {
  rowsPerPage: 250,
  changesPerBatch: 500,
  bytesPerBatch: 1_048_576,
  filesAtOnce: 4,
  filesPerGroup: 64,
  bytesPerGroup: 67_108_864,
  passes: 5,
  mendings: 2,
  aliveTime: 15_000,
  logEndTime: 30_000,
  filesRemembered: 1_000_000,
}
