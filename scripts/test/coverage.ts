import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { root } from '../pinned-node.js'
import { partOf, testFiles } from './parts.ts'

/** What node's test runner tells of one file. */
export interface CoveredFile {
  readonly path: string
  readonly totalLineCount: number
  readonly coveredLineCount: number
  readonly totalBranchCount: number
  readonly coveredBranchCount: number
}

export interface Share {
  readonly name: string
  /** In percent. */
  readonly lines: number
  readonly branches: number
}

/** Folders of `server/src`, each of which has to reach `wanted` by itself. */
const folders = ['core', 'kinds', 'library']
/** Percent, of lines and of branches. */
export const wanted = 90
/** The parts whose tests count: those that run in this process and its likes. */
const counted = new Set(['unit', 'contract'])
const shownFiles = 10

export function shareOf(name: string, files: readonly CoveredFile[]): Share {
  const sum = (count: (file: CoveredFile) => number): number =>
    files.reduce((all, file) => all + count(file), 0)
  const percent = (part: number, all: number): number => (all === 0 ? 100 : (100 * part) / all)
  return {
    name,
    lines: percent(
      sum((file) => file.coveredLineCount),
      sum((file) => file.totalLineCount),
    ),
    branches: percent(
      sum((file) => file.coveredBranchCount),
      sum((file) => file.totalBranchCount),
    ),
  }
}

/** A folder of which nothing is known reaches nothing. */
export function falls({ lines, branches }: Share): boolean {
  return lines < wanted || branches < wanted
}

function main(): number {
  const files = testFiles(root).filter(
    (file) => counted.has(partOf(file) ?? '') && file.startsWith('server/'),
  )
  const folder = mkdtempSync(join(tmpdir(), 'lading-coverage-'))
  try {
    const path = join(folder, 'coverage.json')
    const { status } = spawnSync(
      process.execPath,
      [
        '--test',
        '--experimental-test-coverage',
        ...folders.map((name) => `--test-coverage-include=server/src/${name}/**`),
        '--test-reporter=./scripts/test/coverage-reporter.ts',
        '--test-reporter-destination=stdout',
        `--test-concurrency=${availableParallelism()}`,
        ...files,
      ],
      { cwd: root, env: { ...process.env, LADING_COVERAGE: path }, stdio: ['ignore', 'inherit', 'inherit'] },
    )
    if (status !== 0) {
      console.error('some tests failed: their coverage says nothing')
      return 1
    }
    return report(JSON.parse(readFileSync(path, 'utf8')))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function report(covered: readonly CoveredFile[]): number {
  const nameOf = (file: CoveredFile): string => relative(join(root, 'server/src'), file.path)
  const shares = folders.map((name) =>
    shareOf(
      name,
      covered.filter((file) => nameOf(file).startsWith(`${name}/`)),
    ),
  )
  const row = ({ name, lines, branches }: Share): string =>
    `${name.padEnd(48)} ${lines.toFixed(1).padStart(6)} % of lines ${branches.toFixed(1).padStart(6)} % of branches`
  for (const share of shares) console.log(`${row(share)}${falls(share) ? `  BELOW ${wanted} %` : ''}`)
  const least = covered
    .map((file) => shareOf(nameOf(file), [file]))
    .toSorted((one, other) => Math.min(one.lines, one.branches) - Math.min(other.lines, other.branches))
  console.log(`\nLeast covered:\n${least.slice(0, shownFiles).map(row).join('\n')}`)
  return covered.length === 0 || shares.some(falls) ? 1 : 0
}

if (import.meta.main) process.exitCode = main()
