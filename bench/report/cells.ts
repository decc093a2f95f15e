import type { Spread } from '../statistics/spread.ts'
import type { Line, Range, RowReport } from './row-report.ts'

const digits = 3

/** A row's table in words, its head first; the same for the terminal and for the page. */
export function cellsOf({ lines, unit }: RowReport): string[][] {
  const subject = lines[0]?.target ?? ''
  const head = [
    'target',
    `median, ${unit}`,
    'quartiles',
    'range',
    `${subject} / target`,
    'quartiles',
    'range',
  ]
  return [head, ...lines.map((line) => lineCells(line))]
}

/** What keeps targets from the table, or from some rounds: a sentence each reason, with all that it keeps away. */
export function absencesOf({ lines }: RowReport): string[] {
  const told = lines.filter(({ absent }) => absent !== undefined)
  const names = Map.groupBy(told, ({ absent }) => absent)
  return [...names].map(([why, of]) => `${of.map(({ target }) => target).join(', ')}: ${why}`)
}

export function goalWords({ goal }: RowReport): string | undefined {
  return goal && `goal ${goal.words}: ${goal.state} (${goal.why})`
}

export function loadWords({ rounds, load }: RowReport): string {
  const counted = `${rounds} ${rounds === 1 ? 'round' : 'rounds'}`
  if (load === undefined) return counted
  const range = ({ least, most }: Range): string => `${least.toFixed(1)} to ${most.toFixed(1)}`
  return `${counted}, load ${range(load.before)} before, ${range(load.after)} after`
}

/** undefined where nobody else was at work. */
export function disturbedWords({ disturbed }: RowReport): string | undefined {
  if (disturbed.length === 0) return undefined
  const each = disturbed.map(({ round, foreign }) => `${round} (${Math.round(foreign * 100)} %)`)
  return `under foreign load, with the part of the machine that others took: rounds ${each.join(', ')}`
}

function lineCells({ target, values, ratios, absent }: Line): string[] {
  if (values === undefined) return [target, shortly(absent ?? ''), '', '', '', '', '']
  return [target, ...spreadCells(values), ...(ratios ? spreadCells(ratios, '×') : ['', '', ''])]
}

function spreadCells(
  { median, lowerQuartile, upperQuartile, least, most }: Spread,
  sign: string = '',
): string[] {
  const span = (from: number, to: number): string => `${number(from)} to ${number(to)}`
  return [`${number(median)}${sign}`, span(lowerQuartile, upperQuartile), span(least, most)]
}

/** The word before the colon: missing, wrong answer, failed. */
function shortly(absent: string): string {
  return absent.split(':', 1)[0] ?? absent
}

function number(value: number): string {
  const rounded = Number(value.toPrecision(digits))
  return rounded.toLocaleString('en', { maximumSignificantDigits: digits })
}
