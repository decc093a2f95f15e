/** One broken rule. `where` is a file, or `a.ts -> b.ts`. */
export interface Violation {
  readonly where: string
  readonly why: string
}

export interface Findings {
  readonly violations: readonly Violation[]
  /** Long files: no failure yet. */
  readonly warnings: readonly Violation[]
}

/** `a.ts -> b.ts: why`, one a line. */
export function render(violations: readonly Violation[]): string {
  return violations.map(({ where, why }) => `${where}: ${why}`).join('\n')
}
