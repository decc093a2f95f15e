import {
  type Sight,
  searchFacets,
  searchFields,
  searchNumbers,
  searchSorts,
} from '../../../src/domain/search.ts'
import {
  type Clause,
  type EngineQuery,
  facetKey,
  gapWord,
  type IndexChange,
  type SearchDocument,
} from '../../../src/ports/search/search.ts'

/** Numbers that are the same for the same seed (mulberry32). */
export class Dice {
  #state: number

  constructor(seed: number) {
    this.#state = seed
  }

  below(end: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * end)
  }

  /** Low numbers more often. */
  low(end: number): number {
    return Math.min(this.below(end), this.below(end), this.below(end))
  }

  of<T>(all: readonly T[]): T {
    return all[this.below(all.length)] as T
  }

  some<T>(most: number, make: () => T): T[] {
    return Array.from({ length: this.below(most + 1) }, make)
  }
}

const words = [
  ...[
    'pars',
    'parse',
    'parser',
    'parsing',
    'text',
    'tex',
    'left',
    'pad',
    'a',
    'ab',
    'abc',
    'abd',
    'and',
    'or',
    'not',
  ],
  ...[
    'поиск',
    'поискк',
    '検索',
    '索引',
    'ค้นหา',
    '검색',
    'utf8',
    '8',
    '88',
    '𝒳𝒴',
    '𝒳',
    'é',
    'e',
    'ς',
    'σ',
    'ſ',
    's',
    'ß',
    'ss',
  ],
  ...Array.from({ length: 60 }, (_, at) => `w${at.toString(36)}`),
]
const labels = [
  'MIT',
  'mit',
  'Mit ',
  '',
  "it's",
  'a "b" \\ %_*',
  'ä',
  'Ä',
  'x',
  'y',
  'z',
  '\u{1f600}',
  '\uffee',
]
const names = [
  'left',
  'left pad',
  'acme/left',
  'pad',
  'päd',
  '索引の検索',
  '𝒳𝒴𝒵',
  "100% o'clock_",
  'le',
  'l',
  'x',
]
const platforms = ['', '', '01', '02', '02.5', '03']
const visibilities = ['public', 'unlisted', 'private'] as const
const owners = ['ada', 'bo', '', "o'"]

export function randomDocument(dice: Dice, id: string, version: number): SearchDocument {
  const text = (most: number): string =>
    dice
      .some(most, () => (dice.below(12) === 0 ? gapWord : (words[dice.low(words.length)] as string)))
      .join(' ')
  const facetOf = (): string[] => {
    const some = dice.some(dice.below(3) === 0 ? 3 : 1, () => dice.of(labels))
    return some.filter((label, at) => some.findIndex((one) => facetKey(one) === facetKey(label)) === at)
  }
  return {
    id,
    words: { name: text(3), title: text(4), description: text(14), topics: text(4), source: text(30) },
    names: dice.some(2, () => dice.of(names)),
    beginnings: dice.some(3, () => dice.of(names)),
    nameKey: dice.of(names),
    facets: Object.fromEntries(
      searchFacets.map((facet) => [facet, facetOf()]),
    ) as unknown as SearchDocument['facets'],
    visibility: dice.of(visibilities),
    owner: dice.of(owners),
    numbers: Object.fromEntries(
      searchNumbers.map((number) => [number, dice.below(4) * 1_000]),
    ) as unknown as SearchDocument['numbers'],
    deprecated: dice.below(5) === 0,
    platform: dice.of(platforms),
    weight: dice.below(3) / 2,
    version,
  }
}

export function randomChanges(dice: Dice, ids: number, most: number): readonly IndexChange[] {
  return dice.some(most, (): IndexChange => {
    const number = dice.below(ids)
    const id = `d${number}`
    const version = dice.below(9)
    return dice.below(3) === 0
      ? { do: 'remove', id, version }
      : { do: 'put', document: changedDocument(dice, number, version) }
  })
}

/** Half of them say the same whenever they are put, and only their numbers and facets change. */
function changedDocument(dice: Dice, number: number, version: number): SearchDocument {
  const fresh = randomDocument(dice, `d${number}`, version)
  if (dice.below(2) === 0) return fresh
  const { words: same, names: called, beginnings } = randomDocument(new Dice(number), '', 0)
  return { ...fresh, words: same, names: called, beginnings }
}

export function randomSight(dice: Dice): Sight {
  if (dice.below(3) === 0) return [{}]
  return dice.some(3, () => ({
    ...(dice.below(2) === 0 && { visibilities: dice.some(2, () => dice.of(visibilities)) }),
    ...(dice.below(3) === 0 && { owners: dice.some(2, () => dice.of(owners)) }),
    ...(dice.below(3) === 0 && { namespaces: dice.some(4, () => dice.of(labels)) }),
    ...(dice.below(3) === 0 && { kinds: dice.some(4, () => dice.of(labels)) }),
  }))
}

function randomClause(dice: Dice): Clause {
  return {
    alternatives: dice.some(3, () => ({
      words: Array.from(
        { length: 1 + (dice.below(4) === 0 ? dice.below(3) : 0) },
        () => words[dice.low(words.length)] as string,
      ),
      prefix: dice.below(4) === 0,
      weight: dice.of([1, 0.5]),
    })),
    ...(dice.below(4) === 0 && { fields: searchFields.filter(() => dice.below(2) === 0) }),
  }
}

export function randomQuery(dice: Dice): EngineQuery {
  const clauses = dice.some(3, () => randomClause(dice))
  return {
    clauses,
    atLeast: dice.below(3) === 0 ? dice.below(clauses.length + 1) : clauses.length,
    without: dice.below(3) === 0 ? dice.some(2, () => randomClause(dice)) : [],
    filter: {
      facets:
        dice.below(2) === 0
          ? []
          : dice.some(3, () => ({
              facet: dice.of(searchFacets.slice(0, 4)),
              keys: dice.some(5, () => facetKey(dice.of(labels))),
            })),
      ranges:
        dice.below(3) !== 0
          ? []
          : dice.some(2, () => ({
              number: dice.of(searchNumbers),
              ...(dice.below(2) === 0 && { from: dice.below(4) * 1_000 }),
              ...(dice.below(2) === 0 && { to: dice.below(5) * 1_000 }),
            })),
      ...(dice.below(4) === 0 && {
        platform: dice.some(2, () => ({
          ...(dice.below(2) === 0 && { from: dice.of(platforms) }),
          ...(dice.below(2) === 0 && { below: dice.of(platforms) }),
        })),
      }),
      ...(dice.below(4) === 0 && { deprecated: dice.below(2) === 0 }),
    },
    sight: randomSight(dice),
    names: dice.some(2, () => dice.of(names)),
    sort: dice.of(searchSorts),
    back: dice.below(2) === 0,
    limit: dice.of([0, 1, 7, 50, 1_000]),
    facets: searchFacets.filter(() => dice.below(3) === 0),
  }
}

/** Something that somebody may type, and words that are nearly there. */
export function randomBeginning(dice: Dice): string {
  const points = [...dice.of(names)]
  return points.slice(0, 1 + dice.below(points.length)).join('') || 'x'
}

export function randomWord(dice: Dice): string {
  const letters = [...dice.of(words)]
  const at = dice.below(letters.length)
  if (dice.below(2) === 0) letters.splice(at, dice.below(2), dice.of(['a', 'x', '索', '𝒳']))
  else letters.splice(at, 1)
  return letters.join('') || 'x'
}
