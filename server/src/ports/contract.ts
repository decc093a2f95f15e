/**
 * One requirement of a port, as a case that any engine can be put through. A contract suite is a function from a
 * harness, which makes engines, to such cases; a test file runs them, and so can a third party's own runner.
 */
export interface ContractCase {
  /** A sentence: what holds. */
  readonly name: string
  /** Rejects where it does not hold. Makes and disposes what it needs. */
  run(): Promise<void>
}
