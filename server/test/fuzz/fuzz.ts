import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { isRegistryError } from '../../src/domain/error.ts'
import { anyCharacter } from '../kit/any-character.ts'

/** Something that reads text from outside. */
export interface FuzzTarget {
  /** Of its folder in `corpus`. */
  readonly name: string
  /**
   * Reads one text. May throw a RegistryError, and nothing else; asserts what must hold of what it read. True where
   * the text was taken.
   */
  readonly read: (text: string) => boolean
  /** Texts that are taken, for a beginning. */
  readonly seeds: readonly string[]
  /** What the grammar is made of: put in, repeated, exchanged. */
  readonly tokens: readonly string[]
  /** Further texts, where strings alone would seldom come near the grammar. */
  readonly more?: fc.Arbitrary<string>
}

const defaultRuns = 20_000
const maxCaseMs = 100
const longest = 100_000
/** Most just below the limits that parsers have, so that they are not refused for their length alone. */
const lengths = [120, 250, 1_000, 16_000, longest]

const { LADING_FUZZ_RUNS, LADING_FUZZ_SEED } = process.env
const runs = Number(LADING_FUZZ_RUNS ?? defaultRuns)
const seed = Number(LADING_FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 31))
const corpus = new URL('./corpus/', import.meta.url)

/**
 * Registers three tests: what was found once is read again, long repetitions are read in time, and `LADING_FUZZ_RUNS` new texts are read. The seed is
 * printed; `LADING_FUZZ_SEED` repeats a run. What is found belongs into `corpus/<name>/`, as a file of its own.
 */
export function fuzz(target: FuzzTarget): void {
  describe(`fuzz ${target.name}`, () => {
    it('reads again what was found', () => {
      const folder = new URL(`${target.name}/`, corpus)
      const files = readdirSync(folder).filter((file) => file.endsWith('.txt'))
      assert.ok(files.length > 0, `${folder.pathname} is empty`)
      for (const file of files) readInTime(target, readFileSync(new URL(file, folder), 'utf8'))
    })

    it('reads what one thing repeated makes, whatever stands before and after it, in time', () => {
      for (const text of repetitions(target)) readInTime(target, text)
    })

    it(`reads ${runs} texts, in time, with no other error than its own`, (context) => {
      context.diagnostic(`LADING_FUZZ_SEED=${seed}`)
      let taken = 0
      fc.assert(
        fc.property(texts(target), (text) => {
          if (readInTime(target, text)) taken++
        }),
        { numRuns: runs, seed },
      )
      const refused = runs - taken
      context.diagnostic(`${taken} taken, ${refused} refused`)
      for (const valid of target.seeds) assert.ok(readInTime(target, valid), `refused: ${valid}`)
      assert.ok(runs < 1_000 || taken > runs / 100, `only ${taken} of ${runs} texts were taken`)
    })
  })
}

/** Measures again what took long: a pause of the machine is not the parser's. */
function readInTime(target: FuzzTarget, text: string): boolean {
  let shortest = Number.POSITIVE_INFINITY
  let taken = false
  for (let attempt = 0; attempt < 3 && shortest >= maxCaseMs; attempt++) {
    const start = performance.now()
    taken = isTaken(target, text)
    shortest = Math.min(shortest, performance.now() - start)
  }
  assert.ok(shortest < maxCaseMs, `${text.length} characters took ${shortest.toFixed(0)} ms`)
  return taken
}

function isTaken(target: FuzzTarget, text: string): boolean {
  try {
    return target.read(text)
  } catch (error) {
    if (isRegistryError(error)) return false
    throw error
  }
}

/** Half near the grammar, the rest anything at all, and some of it very long. */
function texts(target: FuzzTarget): fc.Arbitrary<string> {
  const near = mutated(target)
  return fc.oneof(
    { arbitrary: near, weight: 10 },
    { arbitrary: target.more ?? near, weight: 5 },
    { arbitrary: fc.string({ unit: anyCharacter, maxLength: 30 }), weight: 2 },
    { arbitrary: halfSurrogates, weight: 1 },
    { arbitrary: fc.array(token(target), { maxLength: 20 }).map((parts) => parts.join('')), weight: 3 },
    { arbitrary: repeated(target), weight: 1 },
  )
}

const halfSurrogates = fc
  .array(fc.integer({ min: 0xd700, max: 0xe0ff }), { maxLength: 10 })
  .map((units) => String.fromCharCode(...units))

const anywhere = [
  '\0',
  '\n',
  ' ',
  '\t',
  '%00',
  '..',
  '\u202e',
  'é',
  '🙂',
  '\ud800',
  '9'.repeat(20),
  '-',
  '+',
  '"',
  '\\',
  'A',
  'z',
  '0',
]

function token(target: FuzzTarget): fc.Arbitrary<string> {
  return fc.constantFrom(...target.tokens, ...target.tokens, ...anywhere)
}

/** A seed with a few places cut out, doubled, or put into. */
function mutated(target: FuzzTarget): fc.Arbitrary<string> {
  const edit = fc.tuple(fc.nat({ max: 1_000 }), fc.nat({ max: 3 }), token(target))
  return fc
    .tuple(fc.constantFrom(...target.seeds), fc.array(edit, { maxLength: 4 }))
    .map(([text, edits]) => edits.reduce(applyEdit, text))
}

function applyEdit(text: string, [place, length, put]: readonly [number, number, string]): string {
  const at = place % (text.length + 1)
  return text.slice(0, at) + put + text.slice(at + length)
}

/**
 * What makes a careless expression look back again and again: one thing repeated, and an end that does not fit.
 * All combinations, since chance seldom meets the one that matters.
 */
function* repetitions(target: FuzzTarget): Generator<string> {
  const parts = [...target.tokens, ...anywhere]
  for (const length of lengths) {
    for (const unit of parts) {
      const middle = unit.repeat(length / unit.length)
      for (const end of ['', ...parts]) {
        yield middle + end
        for (const start of length < longest ? target.seeds : []) yield start + middle + end
      }
    }
  }
}

/** Two things repeated, as the sweep above does not. */
function repeated(target: FuzzTarget): fc.Arbitrary<string> {
  const part = token(target)
  return fc
    .tuple(fc.constantFrom('', ...target.seeds), part, part, fc.constantFrom(...lengths), part)
    .map(
      ([start, one, other, length, end]) => start + (one + other).repeat(length / (one + other).length) + end,
    )
}
