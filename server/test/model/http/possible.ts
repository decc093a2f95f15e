import { emptyPlain, type Plain, type Request, settle, step } from './plain-registry.ts'

/** Every state that the registry may be in, after all that it has answered. */
export class Possible {
  #states: Plain[]

  constructor(repositories: number) {
    this.#states = [emptyPlain(repositories)]
  }

  /**
   * Requests that ran at once, with what each was answered: as if they had come in some order, one after the other.
   * What has no answer may have been done, and may not. Answers whether there is such an order.
   */
  explain(requests: readonly Request[], answers: readonly (string | undefined)[], now: number): boolean {
    const next = new Map<string, Plain>()
    const places = requests.map((_, at) => at)
    for (const state of this.#states) {
      for (const done of doneOf(places, answers)) {
        for (const order of orders(done)) {
          for (const variant of variants(requests)) {
            const after = follow(state, order, variant, answers, now)
            if (after !== undefined) next.set(JSON.stringify(after), after)
          }
        }
      }
    }
    if (next.size === 0) return false
    this.#states = [...next.values()]
    return true
  }

  /** What a request would be answered in each of the states. */
  expected(request: Request, now: number): string[] {
    return [...new Set(this.#states.map((state) => step(structuredClone(state), request, now)))]
  }

  toString(): string {
    return JSON.stringify(this.#states, null, 1)
  }
}

function follow(
  state: Plain,
  order: readonly number[],
  requests: readonly Request[],
  answers: readonly (string | undefined)[],
  now: number,
): Plain | undefined {
  const copy = structuredClone(state)
  const isSeen = (at: number): boolean => {
    const told = step(copy, requests[at] as Request, now)
    return answers[at] === undefined || told === answers[at]
  }
  if (!order.every(isSeen)) return undefined
  settle(copy, now)
  return copy
}

/** All that was answered, with any of what was not. */
function doneOf(places: readonly number[], answers: readonly (string | undefined)[]): number[][] {
  let some: number[][] = [[]]
  for (const at of places) {
    const more = some.map((each) => [...each, at])
    some = answers[at] === undefined ? [...some, ...more] : more
  }
  return some
}

function* orders(items: readonly number[]): Generator<readonly number[], void> {
  if (items.length < 2) yield items
  for (const [at, item] of items.entries()) {
    if (items.length < 2) return
    for (const rest of orders(items.toSpliced(at, 1))) yield [item, ...rest]
  }
}

/**
 * Where one request runs beside others, some of what it does may come before and some after them. A tag that moves while the
 * rules are applied counts as newer than it was: both may stay then. The referrers of what goes are looked at a little later,
 * and stay where it was pushed again by then.
 */
function variants(requests: readonly Request[]): readonly (readonly Request[])[] {
  if (requests.length === 1) return [requests]
  const hasCollect = requests.some((each) => each.do === 'collect')
  const pushed = requests.flatMap((each) => (each.do === 'push-manifest' ? [each.manifest] : []))
  return subsets(hasCollect ? [0, 1] : []).flatMap((sparing) =>
    subsets([...new Set(pushed)]).map((awaited) =>
      requests.map((each) => {
        if (each.do === 'collect') return { ...each, sparing, awaited }
        return each.do === 'delete-manifest' ? { ...each, awaited } : each
      }),
    ),
  )
}

function subsets(items: readonly number[]): readonly (readonly number[])[] {
  const [first, ...others] = items
  if (first === undefined) return [[]]
  return subsets(others).flatMap((some) => [some, [first, ...some]])
}
