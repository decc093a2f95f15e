import type { ArtifactRow } from '../../../server/src/core/artifacts/tables.ts'
import { Chance } from '../../../server/src/core/seed/chance.ts'
import type { Document } from '../relevance/corpus.ts'
import { artifactRow, madeAt } from './artifact-row.ts'
import { coinedWord, wordsIn } from './coined-word.ts'

/** Of the words of a description so many are others in a copy, drawn as often as they occur; some are nobody else's. */
const otherWords = 0.35
const coinedWords = 0.03
/** How many topics of a copy are those of another package. */
const otherTopics = 0.3
/** Words that are coined, few of them much more often than others. */
const coinable = 300_000
/** A year is nobody's age in it; three are the most. */
const oldestMs = 3 * 365 * 86_400_000
/** Ten to the power of this: the most downloads. */
const downloadSteps = 6

const kinds = ['package', 'skill', 'agent', 'tool', 'persona', 'template'] as const
export const licenses = [
  'MIT',
  'Apache-2.0',
  'GPL-3.0',
  'BSD-3-Clause',
  'LGPL-2.1',
  'MPL-2.0',
  'ISC',
] as const
export const languages = ['C', 'Python', 'TypeScript', 'C++', 'Perl', 'Rust', 'Go', 'Java'] as const
/** How many teams there are, and where the numbers of their names begin: words that no text has. */
const teams = 3_000
const teamNames = 2 * coinable
/** Users, of whom everybody owns some. */
export const owners = 5_000

/**
 * As many artifacts as are wanted, made of packages: first these themselves, then copies of them under names of their own, with
 * some words and topics taken from others as often as these have them, so that common words stay common and rare ones rare.
 * Always the same of the same packages.
 */
export class GrownCorpus {
  readonly #documents: readonly Document[]
  readonly #words: readonly [string, ...string[]]
  readonly #distinct: readonly [string, ...string[]]

  /** Throws RangeError where there is nothing to grow from. */
  constructor(documents: readonly Document[]) {
    this.#documents = documents
    this.#words = nonEmpty(documents.flatMap(({ description }) => wordsIn(description)))
    this.#distinct = nonEmpty([...new Set(this.#words)])
  }

  /** @param index from 0 */
  rowAt(index: number): ArtifactRow {
    const { document, round, chance } = this.#documentFor(index)
    const downloads = Math.floor(10 ** (downloadSteps * chance.share() ** 3)) - 1
    const createdAt = madeAt - Math.floor(oldestMs * chance.share())
    const namespace = coinedWord(this.#distinct, teamNames + chance.skewed(teams))
    return artifactRow(document, {
      kind: round === 0 ? 'package' : (kinds[chance.skewed(kinds.length)] ?? 'package'),
      namespace,
      organization: namespace,
      owner: `user:u${chance.skewed(owners)}`,
      visibility: chance.isTrue(0.9) ? 'public' : 'private',
      license: licenses[chance.skewed(licenses.length)] ?? 'MIT',
      language: languages[chance.skewed(languages.length)] ?? 'C',
      downloads,
      stars: Math.floor(downloads ** 0.5 * chance.share()),
      createdAt,
      updatedAt: createdAt + Math.floor((madeAt - createdAt) * chance.share()),
    })
  }

  /** What peers are given: the same text. */
  documentAt(index: number): Document {
    return this.#documentFor(index).document
  }

  #documentFor(index: number): {
    readonly document: Document
    readonly round: number
    readonly chance: Chance
  } {
    const count = this.#documents.length
    const [round, at] = [Math.floor(index / count), index % count]
    const base = this.#documents[at]
    if (base === undefined) throw new RangeError(`there is no artifact ${index}`)
    const chance = new Chance('grown', index)
    return { document: round === 0 ? base : this.#copyOf(base, round, chance), round, chance }
  }

  #copyOf(base: Document, round: number, chance: Chance): Document {
    const word = (): string =>
      chance.isTrue(coinedWords)
        ? coinedWord(this.#distinct, chance.skewed(coinable))
        : chance.pick(this.#words)
    const description = wordsIn(base.description)
      .map((own) => (chance.isTrue(otherWords) ? word() : own))
      .join(' ')
    const neighbour = this.#documents[chance.int(this.#documents.length)] ?? base
    const topics = chance.isTrue(otherTopics) ? neighbour.topics : base.topics
    // No package has an underscore, no word a hyphen, and a round each package once: so no two have the same name.
    const name = `${base.name}-${nameWord(word())}_${round.toString(36)}`
    return {
      ...base,
      name,
      description,
      topics,
      category: chance.isTrue(0.8) ? base.category : neighbour.category,
    }
  }
}

const nameWord = (word: string): string => word.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '') || 'x'

function nonEmpty(words: readonly string[]): readonly [string, ...string[]] {
  const [first, ...rest] = words
  if (first === undefined) throw new RangeError('there are no words to grow from')
  return [first, ...rest]
}
