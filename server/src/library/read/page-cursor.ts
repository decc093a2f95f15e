import type { FindArtifacts } from '../../boot/compose/artifacts.ts'
import type { Limits } from '../../core/ledger/limits.ts'
import { isArtifactId } from '../../domain/artifact-id.ts'
import { invalid, textIn } from './given.ts'

type Place = NonNullable<FindArtifacts['after']>
type Ordering = Pick<FindArtifacts, 'order' | 'back'>

const field = 'pagination.after'
/** What one has beside a name: an order, an id and a version. */
const longestRest = 4_000
/** A character of a name, written as JSON and then in base64. */
const longestCharacter = 8

/** Characters that a cursor can have. */
export function longestCursor({ titleLength }: Pick<Limits, 'titleLength'>): number {
  return longestRest + longestCharacter * titleLength
}

/** Where a page ended, for whoever asks on: it says all by itself, so any process of the registry understands it. */
export function writeCursor({ value, id }: Place, { order, back }: Ordering): string {
  return Buffer.from(JSON.stringify([order, back, value, id])).toString('base64url')
}

/** @throws ValidationError */
export function readCursor(given: unknown, { order, back }: Ordering, limits: Limits): Place {
  const text = textIn(given, field, longestCursor(limits))
  const parsed = parse(text)
  if (!Array.isArray(parsed) || parsed.length !== 4) throw invalid(field, 'it is none that a page ended with')
  const [ofOrder, ofBack, value, id] = parsed as readonly unknown[]
  if (ofOrder !== order || ofBack !== back)
    throw invalid(field, 'the page that it ended was in another order: begin anew, or sort by the same')
  const fits =
    order === 'name'
      ? typeof value === 'string' && value.isWellFormed() && !value.includes('\0')
      : Number.isSafeInteger(value)
  if (!fits || typeof id !== 'string' || !isArtifactId(id))
    throw invalid(field, 'it is none that a page ended with')
  return { value: value as string | number, id }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString())
  } catch {
    return undefined
  }
}
