import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { root } from '../pinned-node.js'
import { type Choice, choose, dealt, type TestPart, testFiles } from './parts.ts'
import { openScratch } from './scratch.ts'
import { complaints, parseAllowedSkips } from './skips.ts'
import { add, closingLines, emptyTally, nothing, type Tally } from './tally.ts'

const { LADING_REQUIRE_ALL } = process.env
/** CI sets it: then a skip must be on the list, and no part may be empty. */
const requireAll = LADING_REQUIRE_ALL === '1'
const compileCache = join(root, 'node_modules/.cache/lading-tests')
const words = process.argv.slice(2).filter((word) => !word.startsWith('--'))
const options = process.argv.slice(2).filter((word) => word.startsWith('--'))

/** Of what a process says of errors, in characters, where it fails: the end. */
const shown = 20_000

/** Loads the files that it is told of into its own process. */
const together = 'scripts/test/together.ts'

interface PartResult {
  readonly line: string
  readonly failed: boolean
  readonly tally: Tally
}

try {
  process.exitCode = (await main()) ? 0 : 1
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}

async function main(): Promise<boolean> {
  const started = performance.now()
  const files = testFiles(root)
  const results: PartResult[] = []
  for (const choice of choose(words, files)) {
    const result = await runPart(choice)
    console.log(result.line)
    results.push(result)
  }
  const skips = results.flatMap(({ tally }) => tally.skips)
  const allowed = parseAllowedSkips(readFileSync(join(root, 'conformance/allowed-skips.json'), 'utf8'))
  const wrong = complaints(skips, allowed, { files, requireAll })
  for (const { id, reason } of skips) console.log(`skipped: ${id}: ${reason}`)
  for (const complaint of wrong) console.log(`FAILED: ${complaint}`)
  for (const { id, why } of results.flatMap(({ tally }) => tally.failures))
    console.log(`FAILED: ${id}: ${why}`)
  for (const { line, failed } of results) if (failed) console.log(line)
  const counts = results.map(({ tally }) => tally.counts).reduce(add, nothing)
  console.log(closingLines(counts, Math.round(performance.now() - started)))
  return wrong.length === 0 && !results.some(({ failed }) => failed)
}

async function runPart({ part, files }: Choice): Promise<PartResult> {
  const started = performance.now()
  const seconds = (): string => `${((performance.now() - started) / 1000).toFixed(1)} s`.padStart(8)
  const line = (word: string, rest = ''): string =>
    `${part.name.padEnd(13)} ${word.padEnd(6)} ${seconds()}  ${rest}`.trimEnd()
  if ('program' in part) {
    const code = await run(join(root, 'node_modules/.bin', part.program), part.args)
    return {
      line: line(code === 0 ? 'ok' : 'FAILED'),
      failed: code !== 0,
      tally: emptyTally,
    }
  }
  if (files.length === 0) {
    const rest = 'no test files'
    return { line: line(requireAll ? 'FAILED' : 'empty', rest), failed: requireAll, tally: emptyTally }
  }
  const { code, tally } = await runTests(part, files)
  const { tests, passed, skipped } = tally.counts
  const failed = code !== 0 || (requireAll && passed === 0)
  const rest = `${tests} tests in ${files.length} files, ${passed} passed, ${skipped} skipped`
  return { line: line(failed ? 'FAILED' : 'ok', rest), failed, tally }
}

interface Ran {
  readonly code: number
  readonly tally: Tally
}

async function runTests(part: TestPart, files: readonly string[]): Promise<Ran> {
  const cores = availableParallelism()
  // Node leaves one core to itself, which on two cores is half of them.
  if (part.together !== true) return await runFiles(part, files, [`--test-concurrency=${cores}`, ...files])
  const ran = await Promise.all(
    dealt(files, cores).map((some) => runFiles(part, some, ['--test-isolation=none', together])),
  )
  return {
    code: ran.find(({ code }) => code !== 0)?.code ?? 0,
    tally: {
      counts: ran.map(({ tally }) => tally.counts).reduce(add, nothing),
      skips: ran.flatMap(({ tally }) => tally.skips),
      failures: ran.flatMap(({ tally }) => tally.failures),
    },
  }
}

async function runFiles(
  { minutes, inMemory = false, together: quiet = false }: TestPart,
  files: readonly string[],
  how: readonly string[],
): Promise<Ran> {
  using scratch = openScratch(inMemory)
  const path = join(scratch.folder, 'tally.json')
  const temporary = join(scratch.folder, 'tmp')
  if (inMemory) mkdirSync(temporary)
  const args = [
    '--test',
    '--test-reporter=./scripts/test/reporter.ts',
    '--test-reporter-destination=stdout',
    `--test-timeout=${minutes * 60_000}`,
    ...options,
    ...how,
  ]
  const notes = words.length > 0 ? '1' : ''
  const env = {
    LADING_TEST_TALLY: path,
    LADING_TEST_NOTES: notes,
    LADING_TEST_FILES: files.join('\n'),
    ...(inMemory && { TMPDIR: temporary }),
  }
  const code = await run(process.execPath, args, { env, minutes, quiet })
  // A run that was ended leaves no tally: none of its files counts as tested.
  if (!existsSync(path)) {
    const counts = { ...nothing, tests: files.length, cancelled: files.length }
    return { code: code || 1, tally: { ...emptyTally, counts } }
  }
  return { code, tally: JSON.parse(readFileSync(path, 'utf8')) }
}

interface Limits {
  readonly env?: Readonly<Record<string, string>>
  /** Longer than that, and it is told to end, with the test processes that it has started. */
  readonly minutes?: number
  /** What it says of errors is shown where it fails, the end of it. */
  readonly quiet?: boolean
}

/** The exit code; a program that ended by a signal counts as failed. */
function run(
  program: string,
  args: readonly string[],
  { env = {}, minutes = 10, quiet = false }: Limits = {},
): Promise<number> {
  // A runner that is itself inside a test would print for its parent instead of for us.
  const { NODE_TEST_CONTEXT: _, ...outer } = process.env
  const child = spawn(program, args, {
    cwd: root,
    // Hundreds of processes read the same sources: each compiles what none has compiled before.
    env: { NODE_COMPILE_CACHE: compileCache, ...outer, ...env },
    stdio: ['ignore', 'inherit', quiet ? 'pipe' : 'inherit'],
    timeout: minutes * 60_000,
    killSignal: 'SIGTERM',
  })
  return new Promise((resolve, reject) => {
    let said = ''
    child.stderr?.setEncoding('utf8').on('data', (more: string) => {
      said = (said + more).slice(-shown)
    })
    child.on('error', reject)
    child.on('close', (code) => {
      if (code !== 0) process.stderr.write(said)
      resolve(code ?? 1)
    })
  })
}
