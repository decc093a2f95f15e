import { type SearchFacet, type SightClause, wholeSight } from '../../../src/domain/search.ts'
import {
  type EngineAnswer,
  type EngineQuery,
  type IndexChange,
  type SearchDocument,
  searchBounds,
} from '../../../src/ports/search/search.ts'
import { countMutants } from './count-mutants.ts'
import type { Mutant } from './mutant.ts'

/** Asks the right engine another question. */
const asking =
  (change: (query: EngineQuery) => EngineQuery): Mutant['wrong'] =>
  (right) => ({ query: (query, signal) => right.query(change(query), signal) })

/** Sees otherwise than is asked for. */
const seeing = (change: (clause: SightClause) => SightClause): Mutant['wrong'] =>
  asking((query) => ({ ...query, sight: query.sight.map(change) }))

/** Answers otherwise than the right engine. */
const answering =
  (change: (answer: EngineAnswer, query: EngineQuery) => EngineAnswer): Mutant['wrong'] =>
  (right) => ({ query: async (query, signal) => change(await right.query(query, signal), query) })

/** Keeps other documents than it was given. */
const keeping =
  (change: (document: SearchDocument) => SearchDocument): Mutant['wrong'] =>
  (right) => ({
    rebuild: async () => {
      const rebuilding = await right.rebuild()
      return {
        add: (documents) => rebuilding.add(documents.map(change)),
        finish: (mark) => rebuilding.finish(mark),
        [Symbol.asyncDispose]: () => rebuilding[Symbol.asyncDispose](),
      }
    },
    apply: (changes, from, to) =>
      right.apply(
        changes.map((one) => changed(one, change)),
        from,
        to,
      ),
  })

function changed(one: IndexChange, change: (document: SearchDocument) => SearchDocument): IndexChange {
  return one.do === 'put' ? { do: 'put', document: change(one.document) } : one
}

const without = (query: EngineQuery, facet: SearchFacet): EngineQuery => ({
  ...query,
  filter: { ...query.filter, facets: query.filter.facets.filter((one) => one.facet !== facet) },
})

const whatIsFound =
  'a word is found in whichever field it stands, and nothing is found by what nobody has written'
const anyClause =
  'every clause has to match, or as many as are asked for; any alternative is enough for a clause'
const estimated = 'clauses by which hits are only estimated make none, and put those first that have them'
const havingInSight = 'of each clause it is told how many in sight have it'
const phrases = 'words that follow each other are found where they do, in one field and not across a gap'
const begun = 'the beginning of a word finds every word that begins so, at the end of several too'
const scripts = 'words of any script are told apart as they are, with numbers and beyond the first plane'
const keys =
  'of each entry of a filter one key is enough, every entry has to hold, and labels differ by more than case'
const ranges = 'ranges have both of their ends, and a number may have several'
const platforms = 'of ranges of platforms one is enough, and what names no platform is in none'
const counted = 'each facet is counted as if its own filter were not there, the others and all else are'
const homes = 'sight goes by the kind and the name of the repository, and by what they are after a change'
const sight = 'what is not in sight is in no list, no number and no completion, whoever asks'
const hiddenNear = 'near words that only others see take no place and change no order, however many they are'
const orders =
  'every order is by its value and then by id, forwards and backwards, and pages of any length make up the whole'
const older =
  'what is older than what the index has changes nothing; the same version again is as well as new'
const removedStays =
  'what is older than its removal does not come back, by whoever comes late, and what is newer does'
const anew =
  'it is built anew beside what is there: that answers until the end, and what is given up leaves nothing'

export const mutants: readonly Mutant[] = [
  {
    name: 'it passes over the source',
    caughtBy: whatIsFound,
    wrong: keeping((document) => ({ ...document, words: { ...document.words, source: '' } })),
  },
  {
    name: 'every word is the beginning of one',
    caughtBy: whatIsFound,
    wrong: asking((query) => ({
      ...query,
      clauses: query.clauses.map((clause) => ({
        ...clause,
        alternatives: clause.alternatives.map((one) => ({ ...one, prefix: true })),
      })),
    })),
  },
  {
    name: 'one clause is enough',
    caughtBy: anyClause,
    wrong: asking((query) => ({ ...query, atLeast: Math.min(1, query.clauses.length) })),
  },
  {
    name: 'all clauses are wanted always',
    caughtBy: anyClause,
    wrong: asking((query) => ({ ...query, atLeast: query.clauses.length })),
  },
  {
    name: 'only the first alternative counts',
    caughtBy: anyClause,
    wrong: asking((query) => ({
      ...query,
      clauses: query.clauses.map((clause) => ({ ...clause, alternatives: clause.alternatives.slice(0, 1) })),
    })),
  },
  {
    name: 'what is only estimated by makes hits',
    caughtBy: estimated,
    wrong: asking(({ further = [], ...query }) => ({ ...query, clauses: [...query.clauses, ...further] })),
  },
  {
    name: 'what is only estimated by is wanted',
    caughtBy: estimated,
    wrong: asking(({ further = [], ...query }) => ({
      ...query,
      clauses: [...query.clauses, ...further],
      atLeast: query.atLeast + further.length,
    })),
  },
  {
    name: 'nothing is estimated by more than the clauses',
    caughtBy: estimated,
    wrong: asking(({ further: _, ...query }) => query),
  },
  {
    name: 'what others see is counted too',
    caughtBy: havingInSight,
    wrong: (right) => ({
      having: (query, signal) => right.having({ ...query, sight: wholeSight }, signal),
    }),
  },
  {
    name: 'beginnings are counted as words',
    caughtBy: havingInSight,
    wrong: (right) => ({
      having: ({ clauses, sight }, signal) =>
        right.having(
          {
            clauses: clauses.map((clause) => ({
              ...clause,
              alternatives: clause.alternatives.map((one) => ({ ...one, prefix: false })),
            })),
            sight,
          },
          signal,
        ),
    }),
  },
  {
    name: 'the bound of what is counted is another',
    caughtBy: 'what very many have is counted up to the bound',
    wrong: (right) => ({
      having: async (query, signal) =>
        (await right.having(query, signal)).map((count) =>
          count === searchBounds.havingCounted ? count + 1 : count,
        ),
    }),
  },
  {
    name: 'what is to be left out is found',
    caughtBy: 'what is to be without a word, or without words that follow each other, is',
    wrong: asking((query) => ({ ...query, without: [] })),
  },
  {
    name: 'fields of a clause are passed over',
    caughtBy: 'a clause that names fields is looked for in these alone',
    wrong: asking((query) => ({
      ...query,
      clauses: query.clauses.map(({ alternatives }) => ({ alternatives })),
    })),
  },
  {
    name: 'a phrase is its words',
    caughtBy: phrases,
    wrong: asking((query) => ({
      ...query,
      clauses: query.clauses.flatMap(({ alternatives, ...rest }) =>
        (alternatives[0]?.words ?? []).map((text) => ({
          ...rest,
          alternatives: [{ words: [text], prefix: false, weight: 1 }],
        })),
      ),
      atLeast: query.clauses.flatMap(({ alternatives }) => alternatives[0]?.words ?? []).length,
    })),
  },
  {
    name: 'a beginning is a word',
    caughtBy: begun,
    wrong: asking((query) => ({
      ...query,
      clauses: query.clauses.map((clause) => ({
        ...clause,
        alternatives: clause.alternatives.map((one) => ({ ...one, prefix: false })),
      })),
    })),
  },
  {
    name: 'accents are folded once more',
    caughtBy: scripts,
    wrong: keeping((document) => ({
      ...document,
      words: {
        ...document.words,
        description: document.words.description.normalize('NFD').replace(/\p{M}/gu, ''),
      },
    })),
  },
  {
    name: 'the filter by kind is passed over',
    caughtBy: keys,
    wrong: asking((query) => without(query, 'kind')),
  },
  {
    name: 'labels of another case are other values',
    caughtBy: keys,
    wrong: keeping((document) => ({
      ...document,
      facets: {
        ...document.facets,
        license: document.facets.license.filter((label) => label === label.toLowerCase()),
      },
    })),
  },
  {
    name: 'a range has no upper end',
    caughtBy: ranges,
    wrong: asking((query) => ({
      ...query,
      filter: { ...query.filter, ranges: query.filter.ranges.map(({ to: _, ...range }) => range) },
    })),
  },
  {
    name: 'a range is without its lower end',
    caughtBy: ranges,
    wrong: asking((query) => ({
      ...query,
      filter: {
        ...query.filter,
        ranges: query.filter.ranges.map((range) =>
          range.from === undefined ? range : { ...range, from: range.from + 1 },
        ),
      },
    })),
  },
  {
    name: 'what names no platform is in every range',
    caughtBy: platforms,
    wrong: keeping((document) => ({ ...document, platform: document.platform || '02' })),
  },
  {
    name: 'deprecated ones are never found',
    caughtBy: 'deprecated ones are found, alone or left out, as is asked',
    wrong: asking((query) => ({ ...query, filter: { ...query.filter, deprecated: false } })),
  },
  {
    name: 'a facet is counted with its own filter',
    caughtBy: counted,
    wrong: (right) => ({
      query: async (query, signal) => {
        const answer = await right.query(query, signal)
        const held = query.filter.facets.filter(({ facet }) => query.facets.includes(facet))
        return {
          ...answer,
          facets: Object.fromEntries(
            Object.entries(answer.facets).map(([facet, values]) => [
              facet,
              values.filter(({ label }) =>
                held.every((one) => one.facet !== facet || one.keys.includes(label.toLowerCase())),
              ),
            ]),
          ),
        }
      },
    }),
  },
  {
    name: 'labels of one count are in the order of UTF-16',
    caughtBy: 'facets count what the words match, the commonest first, labels of one count by their bytes',
    wrong: answering((answer) => ({
      ...answer,
      facets: Object.fromEntries(
        Object.entries(answer.facets).map(([facet, values]) => [
          facet,
          values.toSorted((one, other) => other.count - one.count || (one.label < other.label ? -1 : 1)),
        ]),
      ),
    })),
  },
  {
    name: 'everybody sees everything',
    caughtBy: sight,
    wrong: asking((query) => ({ ...query, sight: wholeSight })),
  },
  {
    name: 'the total tells of what is out of sight',
    caughtBy: sight,
    wrong: (right) => ({
      query: async (query, signal) => {
        const all = await right.query({ ...query, sight: wholeSight }, signal)
        return { ...(await right.query(query, signal)), total: all.total }
      },
    }),
  },
  {
    name: 'facets tell of what is out of sight',
    caughtBy: 'a filter by facets shows nothing that is not in sight, nor counts it',
    wrong: (right) => ({
      query: async (query, signal) => {
        const all = await right.query({ ...query, sight: wholeSight }, signal)
        return { ...(await right.query(query, signal)), facets: all.facets }
      },
    }),
  },
  {
    name: 'completions tell of what is out of sight',
    caughtBy: sight,
    wrong: (right) => ({
      complete: (query, signal) => right.complete({ ...query, sight: wholeSight }, signal),
    }),
  },
  {
    name: 'of two clauses of a sight both must hold',
    caughtBy: sight,
    wrong: asking((query) => ({
      ...query,
      sight: query.sight.length > 1 ? query.sight.slice(0, 1) : query.sight,
    })),
  },
  {
    name: 'namespaces are excepted from nothing',
    caughtBy: sight,
    wrong: seeing(({ exceptNamespaces: _, ...clause }) => clause),
  },
  {
    name: 'where namespaces are named and excepted, those that are named count',
    caughtBy: sight,
    wrong: seeing(({ exceptNamespaces, ...clause }) =>
      clause.namespaces === undefined && exceptNamespaces !== undefined
        ? { ...clause, exceptNamespaces }
        : clause,
    ),
  },
  {
    name: 'names of repositories count for nothing',
    caughtBy: sight,
    wrong: seeing(({ names: _, ...clause }) => clause),
  },
  {
    name: 'of several lists of names one is enough',
    caughtBy: sight,
    wrong: seeing((clause) => (clause.names?.length ? { ...clause, names: [clause.names.flat()] } : clause)),
  },
  {
    name: 'a star at the end of a name is none',
    caughtBy: sight,
    wrong: seeing((clause) => ({
      ...clause,
      ...(clause.names && { names: clause.names.map((globs) => globs.map((one) => one.replace(/\*$/, ''))) }),
    })),
  },
  {
    name: 'an underscore in a name stands for any sign',
    caughtBy: sight,
    wrong: seeing((clause) => ({
      ...clause,
      ...(clause.names && { names: clause.names.map((globs) => globs.map((one) => one.replace('_', '*'))) }),
    })),
  },
  {
    name: 'the kind of an artifact counts, not that of its repository',
    caughtBy: homes,
    wrong: keeping((document) => ({
      ...document,
      home: { ...document.home, kind: document.facets.kind[0] ?? '' },
    })),
  },
  {
    name: 'a name stays what it was',
    caughtBy: homes,
    wrong: (right) => ({
      apply: (changes, from, to) =>
        right.apply(
          changes.map((one) =>
            changed(one, (document) => ({ ...document, home: { ...document.home, name: 'app' } })),
          ),
          from,
          to,
        ),
    }),
  },
  {
    name: 'completions are of every name of a repository',
    caughtBy: sight,
    wrong: (right) => ({
      complete: (query, signal) =>
        right.complete({ ...query, sight: query.sight.map(({ names: _, ...clause }) => clause) }, signal),
    }),
  },
  {
    name: 'words are counted in excepted namespaces',
    caughtBy: havingInSight,
    wrong: (right) => ({
      having: (query, signal) =>
        right.having(
          { ...query, sight: query.sight.map(({ exceptNamespaces: _, ...clause }) => clause) },
          signal,
        ),
    }),
  },
  {
    name: 'every order is forwards',
    caughtBy: orders,
    wrong: asking((query) => ({ ...query, back: false })),
  },
  {
    name: 'a page begins with the last hit of the one before',
    caughtBy: orders,
    wrong: asking((query) =>
      query.after === undefined ? query : { ...query, after: { ...query.after, id: '' } },
    ),
  },
  {
    name: 'names count for nothing',
    caughtBy: 'by relevance who has the name that is asked for comes first, whatever the words say',
    wrong: asking((query) => ({ ...query, names: [] })),
  },
  {
    name: 'the best hit is the last',
    caughtBy:
      'by relevance the name says more than the title, that more than the description, the topics, the source',
    wrong: answering((answer) => ({ ...answer, hits: answer.hits.toReversed() })),
  },
  {
    name: 'the order is by weight alone',
    caughtBy: 'by relevance it counts how rare a clause is, where one of them is enough',
    wrong: answering((answer) => ({
      ...answer,
      hits: answer.hits.toSorted((one, other) => (one.id < other.id ? -1 : 1)),
    })),
  },
  {
    name: 'hits come without their words',
    caughtBy: 'hits come with their words, as they were given, by relevance',
    wrong: answering((answer) => ({ ...answer, hits: answer.hits.map(({ words: _, ...hit }) => hit) })),
  },
  {
    name: 'it chooses from as many as it is asked for',
    caughtBy: 'by relevance fewer hits are the first of more, however many there are',
    wrong: answering((answer) => ({
      ...answer,
      hits: answer.hits.toSorted((one, other) => (one.id < other.id ? -1 : 1)),
    })),
  },
  {
    name: 'only what is told is counted',
    caughtBy:
      'by relevance as many hits are told as are asked for, up to the bound, each once, and all are counted',
    wrong: answering((answer) => ({ ...answer, total: answer.hits.length })),
  },
  {
    name: 'completions are of whole names alone',
    caughtBy: 'names are completed from the start of any of their words, the weightiest first, then by id',
    wrong: keeping((document) => ({ ...document, beginnings: document.beginnings.slice(0, 1) })),
  },
  {
    name: 'weight counts for nothing in completions',
    caughtBy:
      'many names that begin alike are completed by those of the most weight, also where few are in sight',
    wrong: keeping((document) => ({ ...document, weight: 0 })),
  },
  {
    name: 'swapped letters are two letters',
    caughtBy:
      'words that are nearly a given one are found, the nearest first, whichever way a letter differs',
    wrong: (right) => ({
      similar: async (query, signal) =>
        (await right.similar(query, signal)).map((words, at) =>
          words.filter(({ word, edits }) => edits > 1 || !isSwapped(word, query.words[at]?.word ?? '')),
        ),
    }),
  },
  {
    name: 'there is no end to what is near',
    caughtBy:
      'words of other scripts are near to each other by their letters, and no more are told than the bound',
    wrong: (right) => ({
      similar: async (query, signal) =>
        (await right.similar(query, signal)).map((words) => [...words, ...words.slice(0, 1)]),
    }),
  },
  {
    name: 'near words tell of what is out of sight',
    caughtBy: hiddenNear,
    wrong: (right) => ({
      similar: (query, signal) => right.similar({ ...query, sight: wholeSight }, signal),
    }),
  },
  {
    name: 'near words out of sight take places',
    caughtBy: hiddenNear,
    wrong: (right) => ({
      similar: async (query, signal) => {
        const all = await right.similar({ ...query, sight: wholeSight }, signal)
        const seen = await right.similar(query, signal)
        return seen.map((words, at) =>
          words.filter(({ word }) => all[at]?.some((one) => one.word === word) === true),
        )
      },
    }),
  },
  {
    name: 'near words are ordered by documents out of sight',
    caughtBy: hiddenNear,
    wrong: (right) => ({
      similar: async (query, signal) => {
        const all = await right.similar({ ...query, sight: wholeSight }, signal)
        const placeOf = (at: number, word: string): number =>
          (all[at]?.findIndex((one) => one.word === word) ?? -1) >>> 0
        const seen = await right.similar(query, signal)
        return seen.map((words, at) =>
          words.toSorted(
            (one, other) => one.edits - other.edits || placeOf(at, one.word) - placeOf(at, other.word),
          ),
        )
      },
    }),
  },
  {
    name: 'an index that was never built is empty and whole',
    caughtBy: 'an index that was never built has no mark, finds nothing and cannot be changed',
    wrong: (right) => ({ mark: async () => (await right.mark()) ?? 'mark 0' }),
  },
  {
    name: 'what is removed stays',
    caughtBy: 'what is put and removed is found and gone at once, with all that was said of it',
    wrong: (right) => ({
      apply: (changes, from, to) =>
        right.apply(
          changes.filter((one) => one.do !== 'remove'),
          from,
          to,
        ),
    }),
  },
  {
    name: 'what comes last is newest',
    caughtBy: older,
    wrong: (right) => {
      let version = 1_000
      return {
        apply: (changes, from, to) =>
          right.apply(
            changes.map((one) =>
              one.do === 'put'
                ? { do: 'put' as const, document: { ...one.document, version: version++ } }
                : { ...one, version: version++ },
            ),
            from,
            to,
          ),
      }
    },
  },
  {
    name: 'what was removed is forgotten at once',
    caughtBy: removedStays,
    wrong: (right) => {
      const gone = new Set<string>()
      let beyond = 0
      const forgetting = (one: IndexChange): IndexChange => {
        if (one.do === 'remove') gone.add(one.id)
        if (one.do !== 'put' || !gone.delete(one.document.id)) return one
        beyond += 1_000
        return { do: 'put', document: { ...one.document, version: one.document.version + beyond } }
      }
      return { apply: (changes, from, to) => right.apply(changes.map(forgetting), from, to) }
    },
  },
  ...countMutants,
  {
    name: 'whoever comes moves the mark',
    caughtBy: 'who does not know the mark is told so, and does not move it',
    wrong: (right) => ({
      apply: async (changes, _from, to) => await right.apply(changes, (await right.mark()) ?? '', to),
    }),
  },
  {
    name: 'what is gathered is found at once',
    caughtBy: anew,
    wrong: (right) => ({
      rebuild: async () => {
        const rebuilding = await right.rebuild()
        return {
          add: async (documents) => {
            await rebuilding.add(documents)
            await rebuilding.finish((await right.mark()) ?? '')
          },
          finish: (mark) => rebuilding.finish(mark),
          [Symbol.asyncDispose]: () => rebuilding[Symbol.asyncDispose](),
        }
      },
    }),
  },
  {
    name: 'closed, it goes on',
    caughtBy: 'queries that are given up end, and after it was closed everything says so',
    wrong: () => ({ close: async () => {} }),
  },
]

function isSwapped(one: string, other: string): boolean {
  return one.length === other.length && [...one].sort().join('') === [...other].sort().join('')
}
