import type { Figure } from '../../session/row.ts'
import type { Goal } from '../../statistics/goal.ts'

export const below = (ms: number): Goal => ({ below: ms, unit: 'ms' })

export const p95 = (goal?: Goal): Figure =>
  figure({ id: 'p95', name: 'p95', unit: 'ms', better: 'less' }, goal)

export const rate = (unit: string, goal?: Goal): Figure =>
  figure({ id: 'rate', name: 'rate', unit, better: 'more' }, goal)

export function figure(plain: Omit<Figure, 'goal'>, goal?: Goal): Figure {
  return { ...plain, ...(goal !== undefined && { goal }) }
}

/** Of rows whose measurement looks at every answer. */
export const nothingToCheck = async (): Promise<void> => undefined

/** Seconds, roughly: a process starts, and opens what it is to work on. */
export const startTakes = 2
