/** How long anything may take, in ms. Nothing waits without end. */
export interface PostgresqlWaits {
  /** For a connection to be made. */
  readonly connectMs: number
  /** For a connection of the pool to be free. */
  readonly queueMs: number
  /** For one statement, rows that others have locked included; the server ends it. */
  readonly statementMs: number
  /** For the server's answer to a read or to a whole batch; then the connection is given up. */
  readonly answerMs: number
  /** For what has become of a batch whose connection was lost, tries and pauses together. */
  readonly claimMs: number
  /** For earlier transactions to end, before `tail` answers without what came after them, and `last` not at all. */
  readonly settleMs: number
  /** For connections to end when the store is closed. */
  readonly closeMs: number
  /** For a replica's answer, before the primary is asked. */
  readonly replicaMs: number
}

export const defaultWaits: PostgresqlWaits = {
  connectMs: 5_000,
  queueMs: 10_000,
  statementMs: 10_000,
  answerMs: 15_000,
  claimMs: 15_000,
  settleMs: 2_000,
  closeMs: 10_000,
  replicaMs: 1_000,
}
