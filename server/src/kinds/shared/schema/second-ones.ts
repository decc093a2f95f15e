import { canonicalJson } from '../../../domain/canonical-json.ts'

/** Where entries stand that were there before, in time by the length of the list. */
export function* secondOnes(list: readonly unknown[]): Generator<number> {
  const seen = new Set<string>()
  for (const [index, entry] of list.entries()) {
    const text = canonicalJson(entry)
    if (seen.has(text)) yield index
    seen.add(text)
  }
}

export function hasNoneTwice(value: unknown): boolean {
  return !Array.isArray(value) || secondOnes(value).next().done === true
}
