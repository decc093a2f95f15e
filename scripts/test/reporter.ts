import { writeFileSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import type { TestEvent } from 'node:test/reporters'
import { inspect } from 'node:util'
import { type Failure, nothing, type Skip, type Tally } from './tally.ts'

/** Lines of a failing file's own output that are shown with its failures. */
const shownLines = 60

/** Of what went wrong, in characters, that is said once more at the end of all. */
const repeated = 600

/** What was compared may be long; its difference stands in the message. */
const shownOfErrors = { maxArrayLength: 10, maxStringLength: 4_000 }

/**
 * Node's test runner loads this as its reporter: failures in full, passes not at all, and a tally in the file that
 * LADING_TEST_TALLY names. Notes that tests make are shown where they failed, or all with LADING_TEST_NOTES=1. Node's
 * closing lines are left to the caller, which may have several runs to add up.
 */
export default async function* report(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const names: string[] = []
  const skips: Skip[] = []
  const output = new Map<string, string[]>()
  const failing = new Set<string>()
  const failures: Failure[] = []
  let counts = nothing
  let last = { id: '', failed: false }
  const running = new Set<string>()
  /** The last test that began; Node reports the start of one without tests within it when that has ended. */
  const begun: string[] = []
  const { LADING_TEST_TALLY: path, LADING_TEST_NOTES: notes } = process.env
  for await (const { type, data } of events) {
    if (type === 'test:start') names.splice(data.nesting, Number.POSITIVE_INFINITY, data.name)
    if (type === 'test:stdout' || type === 'test:stderr') {
      const file = resolve(data.file)
      output.set(file, [...(output.get(file) ?? []), data.message].slice(-shownLines))
    }
    if (type === 'test:dequeue') begun.splice(data.nesting, Number.POSITIVE_INFINITY, data.name)
    if (type === 'test:dequeue' && isFile(data)) running.add(place(data.file))
    if (type === 'test:complete' && isFile(data)) running.delete(place(data.file))
    if (type === 'test:interrupted') yield `✖ did not end: ${[...running].join(', ') || begun.join(' > ')}\n`
    // Notes follow the event of the test that made them; those on the outermost level are node's own counts.
    if (type === 'test:diagnostic' && data.nesting > 0 && (last.failed || notes === '1')) {
      yield `  note: ${last.id}: ${data.message}\n`
    }
    // What went wrong after its test had ended: the counts say nothing of it.
    if (type === 'test:diagnostic' && data.nesting === 0 && /^(?:Error|Warning): Test "/.test(data.message)) {
      yield `✖ ${data.message}\n`
    }
    if (type === 'test:summary' && data.file === undefined) {
      const { tests, suites, passed, cancelled, skipped, todo } = data.counts
      counts = {
        tests,
        suites,
        passed,
        failed: tests - passed - cancelled - skipped - todo,
        cancelled,
        skipped,
        todo,
      }
    }
    if (type !== 'test:pass' && type !== 'test:fail') continue
    const id = [place(data.file), ...names.slice(0, data.nesting), data.name].join(' > ')
    last = { id, failed: type === 'test:fail' }
    if (data.skip !== undefined && data.skip !== false) skips.push({ id, reason: reasonOf(data.skip) })
    else if (data.todo !== undefined && data.todo !== false) {
      skips.push({ id, reason: `to do: ${reasonOf(data.todo)}` })
    } else if (type === 'test:fail' && !failedByChildren(data.details.error)) {
      failing.add(resolve(data.file ?? ''))
      const error: unknown = data.details.error.cause ?? data.details.error
      failures.push({
        id,
        why: (error instanceof Error ? error.message : inspect(error)).slice(0, repeated).trim(),
      })
      yield `✖ ${id}\n${indent(inspect(error, shownOfErrors))}\n`
    }
  }
  for (const file of failing) {
    const lines = output.get(file)
    if (lines) yield `  output of ${place(file)}:\n${indent(lines.join('').trimEnd())}\n`
  }
  const tally: Tally = { counts, skips, failures }
  if (path) writeFileSync(path, JSON.stringify(tally))
}

/** The runner's own test around a whole file carries the file's name. */
function isFile({
  name,
  nesting,
  file,
}: {
  name: string
  nesting: number
  file?: string | undefined
}): boolean {
  return nesting === 0 && file !== undefined && resolve(name) === file
}

/** A suite that fails by its tests says nothing new. */
function failedByChildren(error: Error): boolean {
  return 'failureType' in error && error.failureType === 'subtestsFailed'
}

function place(file: string | undefined): string {
  return file ? relative(process.cwd(), file).replaceAll('\\', '/') : ''
}

function reasonOf(value: string | boolean): string {
  return value === true || value === '' ? 'no reason given' : String(value)
}

function indent(text: string): string {
  return text.replace(/^/gm, '    ')
}
