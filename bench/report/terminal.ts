import { absencesOf, cellsOf, disturbedWords, goalWords, loadWords } from './cells.ts'
import type { RowReport } from './row-report.ts'

export function terminalText(report: RowReport): string {
  const cells = cellsOf(report)
  const widths = (cells[0] ?? []).map((_, at) => Math.max(...cells.map((line) => line[at]?.length ?? 0)))
  const table = cells.map((line) => {
    const padded = line.map((cell, at) =>
      at === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[at] ?? 0),
    )
    return `  ${padded.join('  ').trimEnd()}`
  })
  const notes = [...absencesOf(report), disturbedWords(report), goalWords(report)].filter(
    (note) => note !== undefined,
  )
  return [`${report.name} (${loadWords(report)})`, ...table, ...notes.map((note) => `  ${note}`), ''].join(
    '\n',
  )
}
