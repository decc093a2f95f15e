import { namingNearest } from '../domain/nearest.ts'
import { type Reading, shown, type ValuePath } from './setting-type.ts'

export function readFields(
  raw: unknown,
  known: readonly string[],
  { complain }: Reading,
): Readonly<Record<string, unknown>> | undefined {
  if (!isRecord(raw)) return complain(`wants { ${known.join(', ')} }`)
  for (const field of Object.keys(raw)) {
    if (!known.includes(field)) complain(`has no ${shown(field)}${namingNearest(field, known)}`, [field])
  }
  return raw
}

export function isRecord(raw: unknown): raw is Readonly<Record<string, unknown>> {
  return typeof raw === 'object' && raw !== null && !Array.isArray(raw)
}

export function partOf({ base, complain }: Reading, path: ValuePath): Reading {
  return { base, complain: (message, inner = []) => complain(message, [...path, ...inner]) }
}
