import { type SearchField, searchFields } from '../../../domain/search.ts'
import { longestText } from './packed-document.ts'

/** As the registry weighs them when it scores hits again (domain/search-score.ts), but that a word counts once in a field. */
const shapes: Readonly<Record<SearchField, { readonly weight: number; readonly usualLength: number }>> = {
  name: { weight: 3, usualLength: 3 },
  title: { weight: 2.2, usualLength: 4 },
  description: { weight: 1.2, usualLength: 16 },
  topics: { weight: 0.9, usualLength: 6 },
  source: { weight: 0.3, usualLength: 200 },
}
const saturation = 1.2
const lengthMatters = 0.5

/** What a match in a field counts, by the length of that: for each field a table. */
const fieldWeights: readonly Float64Array[] = searchFields.map((field) => {
  const { weight, usualLength } = shapes[field]
  return Float64Array.from(
    { length: longestText + 1 },
    (_, length) => weight / (1 - lengthMatters + (lengthMatters * length) / usualLength),
  )
})

/** What a match in these fields of a row counts. `lengths`: of each field, by rows. */
export function weightOf(lengths: readonly Uint8Array[], row: number, fields: number): number {
  let weight = 0
  for (let left = fields; left !== 0; left &= left - 1) {
    const field = 31 - Math.clz32(left & -left)
    weight += fieldWeights[field]?.[lengths[field]?.[row] ?? 0] ?? 0
  }
  return weight
}

/** What few documents have says more. */
export function rarityOf(having: number, documents: number): number {
  return Math.log(1 + (documents + 1) / (having + 1))
}

export function saturated(rarity: number, weight: number): number {
  return (rarity * weight) / (saturation + weight)
}
