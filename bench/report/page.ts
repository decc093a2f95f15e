import type { Circumstances } from '../session/results.ts'
import { leastRounds } from '../statistics/goal.ts'
import type { Target } from '../targets/target.ts'
import { type Causes, unexplained } from './causes.ts'
import { absencesOf, cellsOf, disturbedWords, goalWords, loadWords } from './cells.ts'
import { mostForeign, type RowReport } from './row-report.ts'

export interface Page {
  readonly circumstances: Circumstances
  readonly targets: readonly Target[]
  readonly reports: readonly RowReport[]
  readonly causes: Causes
}

/** The page of measurements, whole: it is written by the command that measures. */
export function pageOf({ circumstances, targets, reports, causes }: Page): string {
  const { suite, seconds, machine, versions } = circumstances
  return [
    '# Benchmarks',
    `Written by \`npm run bench -- ${suite}\`, which measures everything again on your machine; [how](#how-it-is-measured) stands below.`,
    ...summary(reports),
    '## The machine',
    list(Object.entries(machine).map(([what, value]) => `${what}: ${value}`)),
    '## What is compared',
    list(targets.map(({ name, about }) => `**${name}** ${versions[name] ?? '(missing)'}: ${about}`)),
    `What makes the load: ${toolsOf(versions, targets)}.`,
    '## Figures',
    ...reports.flatMap((report) => rowSection(report, causes)),
    '## How it is measured',
    list([
      `Targets take turns, round after round, ${seconds} s each time, so that what else the machine does falls on all alike. A goal wants ${leastRounds} rounds.`,
      'A ratio is made within a round. The table has the median of those ratios, their quartiles and their range. A goal is met when the worse quartile meets it.',
      'Before a row is measured, every target must answer it with the right status and the right bytes; one that does not is named.',
      'Clients and servers share the machine and talk over the loopback. GETs of small things are made by wrk, HEADs by ab, large downloads and pushes by a client of our own in a process of its own, and what is called zb by the benchmark program of the zot project. Clients cost the same with every target, which makes true ratios larger than those shown, never smaller.',
      `The load is the machine's one-minute average when rounds began and when they ended; the measurement itself is part of it. A round counts as under foreign load where processes that have nothing to do with the measurement took more than ${mostForeign * 100} % of the processors' time; it stays in the figures.`,
      'Figures that hang together, such as a rate and its p99, are of the same measurements.',
    ]),
    '',
  ].join('\n\n')
}

function toolsOf(versions: Readonly<Record<string, string>>, targets: readonly Target[]): string {
  const tools = Object.entries(versions).filter(([name]) => targets.every((target) => target.name !== name))
  return ['a client of our own', ...tools.map((tool) => tool.join(' '))].join(', ')
}

function summary(reports: readonly RowReport[]): string[] {
  const goals = reports.flatMap(({ name, goal }) => (goal ? [{ name, ...goal }] : []))
  if (goals.length === 0) return []
  const lines = goals.map(({ name, words, state, why }) => `| ${name} | ${words} | ${state} | ${why} |`)
  const count = (wanted: string): string =>
    `${goals.filter(({ state }) => state === wanted).length} ${wanted}`
  return [
    '## Goals',
    `${count('met')}, ${count('missed')}, ${count('open')}. Open: too few rounds, or a target that is missing.`,
    ['| row | goal | | |', '|---|---|---|---|', ...lines].join('\n'),
  ]
}

function rowSection(report: RowReport, causes: Causes): string[] {
  const [head = [], ...lines] = cellsOf(report)
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  const table = [row(head), row(head.map((_, at) => (at === 0 ? '---' : '---:'))), ...lines.map(row)]
  const notes = [...absencesOf(report), disturbedWords(report), goalWords(report)].filter(
    (note) => note !== undefined,
  )
  const about = [
    `${report.better === 'more' ? 'More' : 'Less'} is better; ${loadWords(report)}.`,
    report.about ?? '',
  ]
  return [
    `### ${report.name}`,
    about.join(' ').trim(),
    table.join('\n'),
    ...(notes.length > 0 ? [list(notes)] : []),
    ...(report.goal?.state === 'missed' ? [`**Cause:** ${causes.get(report.name) ?? unexplained}`] : []),
  ]
}

function list(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join('\n')
}
