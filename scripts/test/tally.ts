/** A test that did not run, or whose failure does not count. */
export interface Skip {
  /** `file > suite > test`. */
  readonly id: string
  readonly reason: string
}

/** A test that failed by itself, not by those within it. */
export interface Failure {
  readonly id: string
  /** How what went wrong begins. */
  readonly why: string
}

/** What node's runner counted, by the names of its closing lines. */
export interface Counts {
  readonly tests: number
  readonly suites: number
  readonly passed: number
  readonly failed: number
  readonly cancelled: number
  readonly skipped: number
  readonly todo: number
}

export const nothing: Counts = {
  tests: 0,
  suites: 0,
  passed: 0,
  failed: 0,
  cancelled: 0,
  skipped: 0,
  todo: 0,
}

/** What one run of node's test runner leaves behind for the script that started it. */
export interface Tally {
  readonly counts: Counts
  readonly skips: readonly Skip[]
  readonly failures: readonly Failure[]
}

/** Of a run without tests, or one that was ended before it told. */
export const emptyTally: Tally = { counts: nothing, skips: [], failures: [] }

export function add(one: Counts, other: Counts): Counts {
  return {
    tests: one.tests + other.tests,
    suites: one.suites + other.suites,
    passed: one.passed + other.passed,
    failed: one.failed + other.failed,
    cancelled: one.cancelled + other.cancelled,
    skipped: one.skipped + other.skipped,
    todo: one.todo + other.todo,
  }
}

/** Node's closing lines, as its own reporter prints them after a run. */
export function closingLines(counts: Counts, milliseconds: number): string {
  const { tests, suites, passed, failed, cancelled, skipped, todo } = counts
  const rows = {
    tests,
    suites,
    pass: passed,
    fail: failed,
    cancelled,
    skipped,
    todo,
    duration_ms: milliseconds,
  }
  return Object.entries(rows)
    .map(([name, value]) => `ℹ ${name} ${value}`)
    .join('\n')
}
