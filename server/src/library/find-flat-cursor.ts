import type { EntryPlace, FindEntries } from '../boot/compose/artifacts.ts'
import type { Limits } from '../core/ledger/limits.ts'
import { isArtifactId } from '../domain/artifact-id.ts'
import { isDigest } from '../domain/digest.ts'
import { isSemver } from '../domain/semver.ts'
import { invalid, textIn } from './read/given.ts'
import { longestCursor } from './read/page-cursor.ts'

type Ordering = Pick<FindEntries, 'order' | 'back' | 'which'>

const field = 'after'
const members = 6

/** Where a page ended, for whoever asks on: it says all by itself, so any process of the registry understands it. */
export function writeFlatCursor(
  { value, id, version }: EntryPlace,
  { order, back, which }: Ordering,
): string {
  return Buffer.from(JSON.stringify([order, back, which, value, id, version])).toString('base64url')
}

/** @throws ValidationError */
export function readFlatCursor(given: unknown, { order, back, which }: Ordering, limits: Limits): EntryPlace {
  const parsed = parse(textIn(given, field, longestCursor(limits)))
  if (!Array.isArray(parsed) || parsed.length !== members)
    throw invalid(field, 'it is none that a page ended with')
  const [ofOrder, ofBack, ofWhich, value, id, version] = parsed as readonly unknown[]
  if (ofOrder !== order || ofBack !== back || ofWhich !== which)
    throw invalid(field, 'the page that it ended was of another order or of other versions: begin anew')
  const isValue =
    order === 'name'
      ? typeof value === 'string' && value.isWellFormed() && !value.includes('\0')
      : Number.isSafeInteger(value)
  const isVersion = typeof version === 'string' && (isSemver(version) || isDigest(version))
  if (!isValue || !isVersion || typeof id !== 'string' || !isArtifactId(id))
    throw invalid(field, 'it is none that a page ended with')
  return { value: value as string | number, id, version }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString())
  } catch {
    return undefined
  }
}
