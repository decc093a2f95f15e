import { type Namespace, parseNamespace } from '../../domain/repository-name.ts'
import { Chance } from './chance.ts'
import { adjectives, animals, nouns, subjects, ventures } from './words.ts'

/** Which content: the same of these is the same content, to the byte. */
export interface SeedChoice {
  readonly artifacts: number
  readonly seed: number
  /** Of `seedableKinds`, at least one. */
  readonly kinds: readonly string[]
}

/** Who and what an artifact is: what others may name it by, and what can be told of each without those before it. */
export interface SeededIdentity {
  readonly index: number
  readonly kind: string
  readonly namespace: Namespace
  readonly organization: string
  readonly author: string
  readonly title: string
  readonly slug: string
}

/** How many of a hundred artifacts are of a kind, where all are wanted. */
const shares: Readonly<Record<string, number>> = {
  skill: 24,
  persona: 22,
  workflow: 11,
  function: 9,
  type: 8,
  module: 6,
  team: 5,
  interface: 4,
  image: 4,
  enum: 3,
  chart: 2,
  file: 2,
}

export const seedableKinds: readonly string[] = Object.keys(shares)

/** Few make most of it: what grows with the square root is what the many others come from. */
export function seededIdentity(choice: SeedChoice, index: number): SeededIdentity {
  const chance = new Chance('identity', choice.seed, index)
  const kind = kindOf(choice.kinds, chance.share())
  const author = chance.skewed(4 * manyOf(choice))
  const organization = new Chance('author', choice.seed, author).skewed(manyOf(choice))
  const title = titleOf(choice, kind, index)
  return {
    index,
    kind,
    namespace: parseNamespace(namedOf(organization, adjectives, ventures)),
    organization: namedOf(organization, adjectives, ventures),
    author: namedOf(author, adjectives, animals),
    title,
    slug: title.toLowerCase().replaceAll(' ', '-'),
  }
}

function manyOf({ artifacts }: SeedChoice): number {
  return Math.max(3, Math.ceil(Math.sqrt(artifacts)))
}

function kindOf(kinds: readonly string[], share: number): string {
  const all = kinds.reduce((sum, kind) => sum + (shares[kind] ?? 0), 0)
  let left = share * all
  for (const kind of kinds) {
    left -= shares[kind] ?? 0
    if (left < 0) return kind
  }
  return kinds[0] ?? 'persona'
}

/** Different for each number. */
function namedOf(number: number, ...lists: readonly (readonly string[])[]): string {
  let rest = number
  const words = lists.map((list) => {
    // Neighbours are to have nothing in common: the step shares no factor with a power of two.
    const word = list[(rest * 29 + 7) % list.length] ?? ''
    rest = Math.floor(rest / list.length)
    return word
  })
  return [...words, ...(rest === 0 ? [] : [String(rest + 1)])].join('-')
}

/** Of one choice: their places are to be counted without loss. */
export const mostArtifacts = 10_000_000

/** All of them, before one gets a number. */
const titles = 2 ** 15

/** No two of one choice are the same: an odd step comes past every place of a power of two. */
function titleOf({ artifacts, seed }: SeedChoice, kind: string, index: number): string {
  const places = 2 ** Math.max(15, Math.ceil(Math.log2(artifacts)))
  const step = 2 * new Chance('step', seed).int(places / 2) + 1
  const place = (index * step + new Chance('start', seed).int(places)) % places
  const words = [
    adjectives[place % 64],
    subjects[Math.floor(place / 64) % 64],
    (nouns[kind] ?? subjects)[Math.floor(place / 4096) % 8],
  ]
  const number = Math.floor(place / titles)
  const capitals = words.map((word = '') => word.charAt(0).toUpperCase() + word.slice(1))
  return [...capitals, ...(number === 0 ? [] : [String(number + 1)])].join(' ')
}
