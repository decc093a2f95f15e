/** One test of a JUnit report, by its leaf name and what the suite says became of it. */
export interface ReportedCase {
  readonly name: string
  readonly status: string
}

export interface JunitReport {
  readonly cases: readonly ReportedCase[]
  /** The numbers of the suite's own head: tests, failures, errors, skipped, disabled. Absent ones are 0. */
  readonly totals: Readonly<Record<string, number>>
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' }

/**
 * Reads what the two official programs write. Throws on what is no whole report: one that was cut off would look like
 * one without failures.
 */
export function parseJunit(text: string): JunitReport {
  if (!text.trimEnd().endsWith('</testsuites>')) throw new Error('the JUnit report has no end')
  const suites = [...text.matchAll(/<testsuite\s([^>]*)>/g)]
  if (suites.length !== 1) throw new Error(`the JUnit report has ${suites.length} suites, not one`)
  const head = attributes(suites[0]?.[1] ?? '')
  const totals: Record<string, number> = {}
  for (const name of ['tests', 'failures', 'errors', 'skipped', 'disabled']) {
    const value = Number(head[name] ?? 0)
    if (!Number.isSafeInteger(value)) throw new Error(`the JUnit report counts ${head[name]} ${name}`)
    totals[name] = value
  }
  const cases = [...text.matchAll(/<testcase\s([^>]*)>/g)].map(([, written = '']) => {
    const { name, status } = attributes(written)
    if (!name || !status) throw new Error(`the JUnit report has a test without name or status: ${written}`)
    return { name, status }
  })
  return { cases, totals }
}

function attributes(written: string): Record<string, string> {
  const pairs = [...written.matchAll(/([\w:-]+)="([^"]*)"/g)]
  return Object.fromEntries(pairs.map(([, name = '', value = '']) => [name, decode(value)]))
}

function decode(value: string): string {
  return value.replace(/&(?:#x([0-9a-fA-F]+)|#(\d+)|(\w+));/g, (whole, hex, decimal, name) => {
    if (hex) return String.fromCodePoint(Number.parseInt(hex, 16))
    if (decimal) return String.fromCodePoint(Number(decimal))
    return entities[name] ?? whole
  })
}
