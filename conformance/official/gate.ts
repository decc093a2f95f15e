import { parse } from 'yaml'
import { type JunitReport, parseJunit } from './junit-report.ts'

/** What a run must show. The program's exit code proves too little: it is 0 where a set-up error ended the run. */
export interface Expectation {
  /** Names of tests, exactly as reported, that may be skipped. */
  readonly skips: readonly string[]
  /** Fewer passed tests than this mean that something was not run. */
  readonly leastPassed: number
}

export interface ResultsExpectation extends Expectation {
  /** APIs and data sets that this version of the specification switches off. */
  readonly disabled: readonly string[]
}

/** What is wrong with a run of the present program (`junit.xml` and `results.yaml`); nothing for a clean one. */
export function judgeResults(junit: string, results: string, expected: ResultsExpectation): string[] {
  const report = readReport(junit)
  if (typeof report === 'string') return [report]
  const { skipped = 0 } = report.totals
  const counted = skipped === 0 ? [] : [`${skipped} tests skipped, by the suite's own count`]
  return [...judgeReport(report, expected), ...counted, ...judgeStatuses(results, expected)]
}

/** What is wrong with a run of the program of v1.1.1 (`junit.xml`); nothing for a clean one. */
export function judgeJunit(junit: string, expected: Expectation): string[] {
  const report = readReport(junit)
  if (typeof report === 'string') return [report]
  const { tests } = report.totals
  const lost =
    tests === report.cases.length ? [] : [`${tests} tests by count, and ${report.cases.length} reported`]
  return [...judgeReport(report, expected), ...lost]
}

function readReport(junit: string): JunitReport | string {
  try {
    return parseJunit(junit)
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function judgeReport({ cases, totals }: JunitReport, expected: Expectation): string[] {
  const passed = cases.filter(({ status }) => status === 'passed').length
  const others = cases.filter(({ status }) => status !== 'passed')
  const wrong = others.filter(({ name, status }) => !(status === 'skipped' && expected.skips.includes(name)))
  const { failures = 0, errors = 0 } = totals
  return [
    ...wrong.map(({ name, status }) => `${status}: ${name}`),
    ...(failures + errors === 0
      ? []
      : [`${failures} failures and ${errors} errors, by the suite's own count`]),
    ...(passed >= expected.leastPassed
      ? []
      : [`${passed} tests passed, where ${expected.leastPassed} should`]),
  ]
}

function judgeStatuses(results: string, { disabled }: ResultsExpectation): string[] {
  let document: unknown
  try {
    document = parse(results)
  } catch (error) {
    return [`results.yaml cannot be read: ${error instanceof Error ? error.message : error}`]
  }
  return ['apis', 'data'].flatMap((group) => {
    const statuses = Object.entries(recordOf(recordOf(document)[group]))
    if (statuses.length === 0) return [`results.yaml lists no ${group}`]
    return statuses
      .filter(([name, status]) => status !== 'Pass' && !(status === 'Disabled' && disabled.includes(name)))
      .map(([name, status]) => `${group}: ${name} is ${status}`)
  })
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}
