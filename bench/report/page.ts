import type { Circumstances } from '../session/results.ts'
import type { Suite } from '../session/suite.ts'
import { leastRounds } from '../statistics/goal.ts'
import type { Target } from '../targets/target.ts'
import { type Causes, unexplained } from './causes.ts'
import { absencesOf, cellsOf, disturbedWords, goalWords, loadWords } from './cells.ts'
import { mostForeign, type RowReport } from './row-report.ts'

export interface Section {
  readonly circumstances: Circumstances
  readonly suite: Pick<Suite, 'title' | 'targets' | 'how'>
  readonly reports: readonly RowReport[]
  readonly causes: Causes
}

/** What the page has of one suite. */
export function sectionOf({
  circumstances,
  suite: { title, targets, how },
  reports,
  causes,
}: Section): string {
  const { suite, seconds, machine, versions } = circumstances
  const measured = `How ${suite} is measured`
  return [
    `## ${title}`,
    `Written by \`npm run bench -- ${suite}\`, which measures all of it again on your machine; [how](#${measured.toLowerCase().replaceAll(' ', '-')}) stands below.`,
    ...summary(reports),
    '### The machine',
    list(Object.entries(machine).map(([what, value]) => `${what}: ${value}`)),
    '### What is compared',
    list(targets.map(({ name, about }) => `**${name}** ${versions[name] ?? '(missing)'}: ${about}`)),
    ...toolsOf(versions, targets),
    '### Figures',
    ...reports.flatMap((report) => rowSection(report, causes)),
    `### ${measured}`,
    list([
      `Targets take turns, round after round, ${seconds} s each time, so that what else the machine does falls on all alike. A goal wants ${leastRounds} rounds.`,
      'A ratio is made within a round. The table has the median of those ratios, their quartiles and their range. A goal is met when the worse quartile meets it.',
      ...how,
      `The load is the machine's one-minute average when rounds began and when they ended; the measurement itself is part of it. A round counts as under foreign load where processes that have nothing to do with the measurement took more than ${mostForeign * 100} % of the processors' time; it stays in the figures.`,
      'Figures that hang together, such as a rate and its p99, are of the same measurements.',
    ]),
  ].join('\n\n')
}

function toolsOf(versions: Readonly<Record<string, string>>, targets: readonly Target[]): string[] {
  const tools = Object.entries(versions).filter(([name]) => targets.every((target) => target.name !== name))
  if (tools.length === 0) return []
  return [`What makes the load: a client of our own, ${tools.map((tool) => tool.join(' ')).join(', ')}.`]
}

function summary(reports: readonly RowReport[]): string[] {
  const goals = reports.flatMap(({ name, goal }) => (goal ? [{ name, ...goal }] : []))
  if (goals.length === 0) return []
  const lines = goals.map(({ name, words, state, why }) => `| ${name} | ${words} | ${state} | ${why} |`)
  const count = (wanted: string): string =>
    `${goals.filter(({ state }) => state === wanted).length} ${wanted}`
  return [
    '### Goals',
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
    `#### ${report.name}`,
    about.join(' ').trim(),
    table.join('\n'),
    ...(notes.length > 0 ? [list(notes)] : []),
    ...(report.goal?.state === 'missed' ? [`**Cause:** ${causes.get(report.name) ?? unexplained}`] : []),
  ]
}

function list(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join('\n')
}
