import { type PatternNode, PatternRefused, parsePattern } from './parse-pattern.ts'

/** A pattern that takes time by the length of the text, whatever the pattern: it follows all ways at once and never looks back. */
export interface LinearPattern {
  /** True where some part of the text matches. `spend` hears of each step before it is taken, and may throw. */
  test(text: string, spend: (steps: number) => void): boolean
  /** How many steps one character may take at most. */
  readonly states: number
}

/** Repetitions are written out: `a{100}` has 100 states. */
export const mostPatternStates = 2_000

type State =
  | { readonly is: 'character'; readonly fits: (character: string) => boolean }
  | { readonly is: 'split'; readonly one: number; other: number }
  | { readonly is: 'jump'; to: number }
  | { readonly is: 'start' | 'end' | 'edge' | 'no-edge' | 'done' }

/** @throws PatternRefused */
export function linearPattern(text: string): LinearPattern {
  const states = written(parsePattern(text))
  return { states: states.length, test: (subject, spend) => matches(states, subject, spend) }
}

/** Thompson's construction, as a list of states of which each goes on with the next unless it says otherwise. */
function written(pattern: PatternNode): readonly State[] {
  const states: State[] = []
  // Repetitions of nothing have no states, and take time all the same.
  let work = 0
  const add = <S extends State>(state: S): S => {
    states.push(state)
    return state
  }
  const write = (node: PatternNode): void => {
    if (++work > mostPatternStates || states.length > mostPatternStates)
      throw new PatternRefused(
        `has more than ${mostPatternStates} parts once its repetitions are written out`,
      )
    switch (node.is) {
      case 'sequence':
        node.parts.forEach(write)
        return
      case 'choice':
        writeChoice(node.ways)
        return
      case 'repeat':
        writeRepeat(node)
        return
      default:
        add(node)
    }
  }
  const writeChoice = (ways: readonly PatternNode[]): void => {
    const ends: { to: number }[] = []
    for (const [at, way] of ways.entries()) {
      if (at === ways.length - 1) write(way)
      else {
        const split = add({ is: 'split', one: states.length + 1, other: 0 })
        write(way)
        ends.push(add({ is: 'jump', to: 0 }))
        split.other = states.length
      }
    }
    for (const end of ends) end.to = states.length
  }
  const writeRepeat = ({ of, least, most }: Extract<PatternNode, { is: 'repeat' }>): void => {
    for (let count = 0; count < least; count++) write(of)
    if (most === Number.POSITIVE_INFINITY) {
      const split = add({ is: 'split', one: states.length + 1, other: 0 })
      const start = states.length - 1
      write(of)
      add({ is: 'jump', to: start })
      split.other = states.length
      return
    }
    const splits: { other: number }[] = []
    for (let count = least; count < most; count++) {
      splits.push(add({ is: 'split', one: states.length + 1, other: 0 }))
      write(of)
    }
    for (const split of splits) split.other = states.length
  }
  write(pattern)
  add({ is: 'done' })
  return states
}

/** The states that one place in the text is in, each once. */
class Places {
  readonly list: number[] = []
  readonly #in: Uint8Array

  constructor(size: number) {
    this.#in = new Uint8Array(size)
  }

  add(state: number): boolean {
    if (this.#in[state] === 1) return false
    this.#in[state] = 1
    this.list.push(state)
    return true
  }

  clear(): void {
    for (const state of this.list) this.#in[state] = 0
    this.list.length = 0
  }
}

function matches(states: readonly State[], text: string, spend: (steps: number) => void): boolean {
  let now = new Places(states.length)
  let next = new Places(states.length)
  let before = ''
  for (let at = 0; ; ) {
    const here = at < text.length ? String.fromCodePoint(text.codePointAt(at) ?? 0) : ''
    // A match may begin anywhere.
    if (reach(states, now, 0, before, here)) return true
    spend(now.list.length + 1)
    if (here === '') return false
    const after = at + here.length
    const afterwards = after < text.length ? String.fromCodePoint(text.codePointAt(after) ?? 0) : ''
    for (const place of now.list) {
      const state = states[place]
      if (state?.is === 'character' && state.fits(here) && reach(states, next, place + 1, here, afterwards))
        return true
    }
    now.clear()
    const used = now
    now = next
    next = used
    before = here
    at = after
  }
}

/** Adds a state with all that follow from it without a character. True: the match is complete. */
function reach(
  states: readonly State[],
  places: Places,
  from: number,
  before: string,
  after: string,
): boolean {
  const waiting = [from]
  for (let place = waiting.pop(); place !== undefined; place = waiting.pop()) {
    if (!places.add(place)) continue
    const state = states[place]
    if (state === undefined) continue
    switch (state.is) {
      case 'done':
        return true
      case 'jump':
        waiting.push(state.to)
        break
      case 'split':
        waiting.push(state.one, state.other)
        break
      case 'character':
        break
      default:
        if (holds(state.is, before, after)) waiting.push(place + 1)
    }
  }
  return false
}

function holds(assertion: 'start' | 'end' | 'edge' | 'no-edge', before: string, after: string): boolean {
  switch (assertion) {
    case 'start':
      return before === ''
    case 'end':
      return after === ''
    case 'edge':
      return isWord(before) !== isWord(after)
    case 'no-edge':
      return isWord(before) === isWord(after)
  }
}

function isWord(character: string): boolean {
  return /^[A-Za-z0-9_]$/.test(character)
}
