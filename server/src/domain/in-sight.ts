import { matchesGlob } from './glob.ts'
import type { Seen, Sight, SightClause } from './search.ts'

type SeenTest = (seen: Seen) => boolean

/** By the sight itself: one is asked about many artifacts, and may name many namespaces. */
const tests = new WeakMap<Sight, SeenTest>()

export function isInSight(sight: Sight, seen: Seen): boolean {
  const known = tests.get(sight)
  if (known !== undefined) return known(seen)
  const clauses = sight.map(testOf)
  const test: SeenTest = (one) => clauses.some((holds) => holds(one))
  tests.set(sight, test)
  return test(seen)
}

function testOf(clause: SightClause): SeenTest {
  const { visibilities, namespaces, exceptNamespaces, owners, kinds, names = [] } = clause
  const tests: SeenTest[] = []
  if (visibilities !== undefined) tests.push(({ visibility }) => visibilities.includes(visibility))
  if (namespaces !== undefined) {
    const wanted = new Set(namespaces)
    tests.push(({ namespace }) => wanted.has(namespace))
  }
  if (exceptNamespaces !== undefined) {
    const hidden = new Set(exceptNamespaces)
    tests.push(({ namespace }) => !hidden.has(namespace))
  }
  if (owners !== undefined) tests.push(({ owner }) => owners.includes(owner))
  if (kinds !== undefined) {
    const wanted = new Set(kinds)
    tests.push(({ kind }) => wanted.has(kind))
  }
  for (const globs of names) tests.push(({ name }) => globs.some((glob) => matchesGlob(glob, name)))
  return (seen) => tests.every((holds) => holds(seen))
}

/** Whether kind or name decides: these are the repository's, which is not asked for in vain. */
export function goesByHome(sight: Sight): boolean {
  return sight.some(({ kinds, names }) => kinds !== undefined || names !== undefined)
}
