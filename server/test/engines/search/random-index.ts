import { type SearchField, type Sight, searchFields } from '../../../src/domain/search.ts'
import type { Alternative, Clause, EngineQuery, SearchDocument } from '../../../src/ports/search/search.ts'
import { documentOf } from '../../../src/ports/search/suite/harness.ts'

/** Small numbers in an order that a seed settles. */
export type Chance = (below: number) => number

/** xorshift32 (Marsaglia, "Xorshift RNGs"). */
export function chanceOf(seed: number): Chance {
  let state = seed || 1
  return (below) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % below
  }
}

/** Few enough that they meet, and alike enough that some begin as others do. */
const vocabulary =
  'parse parser parsing par spar text texts textual left leftpad pad padded utf8 8 80 поиск поиски 検索 索引 é e 𝒳𝒴 𝒳'.split(
    ' ',
  )
const labels = [
  'MIT',
  'mit',
  'Apache-2.0',
  'Text',
  'text',
  "it's",
  'ä',
  'Ä',
  '\uffee',
  '\u{1f600}',
  'a "b" \\ %_*',
]
const visibilities = ['public', 'unlisted', 'private'] as const
const owners = ['ada', 'bo', "o'x"]
const namespaces = ['acme', 'zoo', 'a,b']
const kinds = ['skill', 'agent', 'model']
const homes = ['app', 'app-web', 'tools/app', 'ärmel_%', 'a\\b', 'apapp']
const globs = ['*', 'app', 'app*', '*app', 'a*p', '*/*', '*_*', '*\\*', 'ä*%', '*ap*app', 'nobody']
const platforms = ['', '01', '02', '02.1', '03']

export function randomDocument(chance: Chance, id: string, version: number): SearchDocument {
  const some = (most: number): string =>
    Array.from({ length: chance(most + 1) }, () => pick(chance, vocabulary)).join(' ')
  const distinct = (): string[] => {
    const byKey = new Map(
      Array.from({ length: chance(4) }, () => pick(chance, labels)).map((one) => [one.toLowerCase(), one]),
    )
    return [...byKey.values()]
  }
  const name = some(3)
  return documentOf(id, {
    version,
    words: { name, title: some(3), description: some(8), topics: some(3), source: some(20) },
    names: name === '' ? [] : [name],
    beginnings: name === '' ? [] : [name],
    nameKey: name,
    facets: {
      kind: [pick(chance, kinds)],
      namespace: [pick(chance, namespaces)],
      license: distinct(),
      topic: distinct(),
    },
    visibility: pick(chance, visibilities),
    home: { kind: pick(chance, kinds), name: pick(chance, homes) },
    owner: pick(chance, owners),
    numbers: {
      downloads: chance(20),
      stars: chance(5),
      createdAt: 1_000 + chance(10),
      updatedAt: 2_000 + chance(10),
    },
    deprecated: chance(4) === 0,
    platform: pick(chance, platforms),
    weight: chance(100) / 10,
  })
}

export function randomQuery(chance: Chance): EngineQuery {
  const clauses = several(chance, 4, () => randomClause(chance))
  const sort = pick(chance, ['relevance', 'name', 'downloads', 'stars', 'createdAt', 'updatedAt'] as const)
  return {
    clauses,
    atLeast: clauses.length === 0 ? 0 : 1 + chance(clauses.length),
    without: several(chance, 1, () => randomClause(chance)),
    filter: {
      facets: several(chance, 2, () => ({
        facet: pick(chance, ['kind', 'license', 'topic', 'namespace'] as const),
        keys: several(chance, 3, () =>
          pick(chance, [...labels, ...kinds, ...namespaces])
            .normalize('NFKC')
            .toLowerCase(),
        ),
      })),
      ranges: several(chance, 1, () => ({
        number: 'downloads' as const,
        from: chance(10),
        to: 5 + chance(20),
      })),
      ...(chance(5) === 0 && { platform: [{ from: '02' }, { below: pick(chance, platforms) }] }),
      ...(chance(5) === 0 && { deprecated: chance(2) === 0 }),
    },
    sight: randomSight(chance),
    names: several(chance, 1, () => pick(chance, vocabulary)),
    sort,
    back: chance(2) === 0,
    limit: pick(chance, [0, 5, 300]),
    facets: ['license', 'topic', 'kind'],
  }
}

function randomSight(chance: Chance): Sight {
  if (chance(2) === 0) return [{}]
  return several(chance, 3, () => ({
    ...(chance(2) === 0 && { visibilities: [pick(chance, visibilities)] }),
    ...(chance(2) === 0 && { owners: several(chance, 2, () => pick(chance, owners)) }),
    ...(chance(2) === 0 && { namespaces: [pick(chance, namespaces), pick(chance, namespaces)] }),
    ...(chance(3) === 0 && { exceptNamespaces: [pick(chance, namespaces)] }),
    ...(chance(2) === 0 && { kinds: [pick(chance, kinds)] }),
    ...(chance(3) === 0 && {
      names: several(chance, 2, () => several(chance, 3, () => pick(chance, globs))),
    }),
  }))
}

function randomClause(chance: Chance): Clause {
  const fields: readonly SearchField[] = searchFields.filter(() => chance(2) === 0)
  return {
    alternatives: several(chance, 6, () => randomAlternative(chance)),
    ...(chance(3) === 0 && { fields }),
  }
}

function randomAlternative(chance: Chance): Alternative {
  const words = Array.from({ length: 1 + (chance(3) === 0 ? chance(3) : 0) }, () => pick(chance, vocabulary))
  const last = words.at(-1) ?? ''
  const prefix = chance(3) === 0
  const begun = [...last].slice(0, 1 + chance([...last].length)).join('')
  return { words: prefix ? [...words.slice(0, -1), begun] : words, prefix, weight: 1 }
}

function several<T>(chance: Chance, most: number, make: () => T): T[] {
  return Array.from({ length: chance(most + 1) }, make)
}

function pick<T>(chance: Chance, from: readonly T[]): T {
  return from[chance(from.length)]!
}
