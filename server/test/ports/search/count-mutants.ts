import type { IndexChange } from '../../../src/ports/search/search.ts'
import { documentOf } from '../../../src/ports/search/suite/harness.ts'
import type { Mutant } from './mutant.ts'

/** Applies other changes than it was given. */
const applying =
  (change: (changes: readonly IndexChange[]) => readonly IndexChange[]): Mutant['wrong'] =>
  (right) => ({ apply: (changes, from, to) => right.apply(change(changes), from, to) })

const { numbers: old } = documentOf('old')

const uses =
  'uses alone change the numbers and the weight of a document of that very version, and all else stays as it is'
const otherUses =
  'uses of a document that the index has in another version, or has not, change nothing, nor hold up what is newer'

/** Engines that are wrong about uses. */
export const countMutants: readonly Mutant[] = [
  {
    name: 'uses are not counted',
    caughtBy: uses,
    wrong: applying((changes) => changes.filter((one) => one.do !== 'count')),
  },
  {
    name: 'uses change no weight',
    caughtBy: uses,
    wrong: applying((changes) => changes.map((one) => (one.do === 'count' ? { ...one, weight: 1 } : one))),
  },
  {
    name: 'of uses only downloads are counted',
    caughtBy: uses,
    wrong: applying((changes) =>
      changes.map((one) =>
        one.do === 'count' ? { ...one, numbers: { ...old, downloads: one.numbers.downloads } } : one,
      ),
    ),
  },
  {
    name: 'a document that is counted is a new version',
    caughtBy: uses,
    wrong: (right) => {
      const counted = new Set<string>()
      return {
        apply: (changes, from, to) => {
          for (const one of changes) if (one.do === 'count') counted.add(one.id)
          return right.apply(changes, from, to)
        },
        list: async (after, limit) =>
          (await right.list(after, limit)).map(({ id, version }) => ({
            id,
            version: counted.has(id) ? version + 1 : version,
          })),
      }
    },
  },
  {
    name: 'a document that is counted has lost its words',
    caughtBy: uses,
    wrong: applying((changes) =>
      changes.flatMap((one): readonly IndexChange[] =>
        one.do === 'count' ? [{ do: 'put', document: documentOf(one.id, one) }] : [one],
      ),
    ),
  },
  {
    name: 'uses are counted whatever the version',
    caughtBy: otherUses,
    wrong: (right) => ({
      apply: async (changes, from, to) => {
        const versions = new Map((await right.list(undefined, 9)).map(({ id, version }) => [id, version]))
        const anyhow = changes.map((one) =>
          one.do === 'count' ? { ...one, version: versions.get(one.id) ?? one.version } : one,
        )
        return await right.apply(anyhow, from, to)
      },
    }),
  },
  {
    name: 'what is counted is there',
    caughtBy: otherUses,
    wrong: (right) => ({
      apply: async (changes, from, to) => {
        const there = new Set((await right.list(undefined, 9)).map(({ id }) => id))
        const made = changes.map((one) =>
          one.do === 'count' && !there.has(one.id)
            ? { do: 'put' as const, document: documentOf(one.id, one) }
            : one,
        )
        return await right.apply(made, from, to)
      },
    }),
  },
  {
    name: 'what is counted takes nothing of the same version any more',
    caughtBy: otherUses,
    wrong: (right) => {
      const counted = new Map<string, number>()
      return {
        apply: (changes, from, to) => {
          const left = changes.filter(
            (one) => one.do !== 'put' || one.document.version > (counted.get(one.document.id) ?? 0),
          )
          for (const one of changes) if (one.do === 'count') counted.set(one.id, one.version)
          return right.apply(left, from, to)
        },
      }
    },
  },
]
