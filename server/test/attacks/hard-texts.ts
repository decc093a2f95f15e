/** Of a regular expression, what matters for texts that are hard for it. */
export type Piece =
  /** A character, as the expression writes it: `a`, `\s`, `[^"]`. */
  | { readonly kind: 'one'; readonly source: string }
  | { readonly kind: 'all'; readonly parts: readonly Piece[] }
  | { readonly kind: 'any'; readonly of: readonly Piece[] }
  | { readonly kind: 'often'; readonly piece: Piece; readonly least: number; readonly most: number }
  /** Looked at, and not passed: `(?=…)`, `(?<!…)`. */
  | { readonly kind: 'look'; readonly piece: Piece }

/** A text that may take an expression long: `before`, `again` as often as is wanted, and an end that spoils it. */
export interface HardText {
  readonly before: string
  readonly again: string
  readonly end: string
}

/** What is tried for characters: of each sort that an expression tells apart the first one. */
const characters = [
  ...Array.from({ length: 95 }, (_, at) => String.fromCharCode(126 - at)),
  ...['\n', '\r', '\t', '\0', '\u007f', 'é', 'Ж', 'ж', '中', '\u0301', '\u00a0', '\u2028', '٣', '\u{1f600}'],
]
/** A piece that may come so often can be made to come too often. */
const manyTimes = 20
/** So many of the sorts of characters are tried in pairs. */
const mostPaired = 8
const longestAgain = 60
const empty: Piece = { kind: 'all', parts: [] }

/** @throws Error: it has something that is not known here */
export function readExpression(source: string): Piece {
  const reader = new Reader(source)
  const piece = reader.any()
  reader.requireEnd()
  return piece
}

class Reader {
  readonly #source: string
  #at = 0

  constructor(source: string) {
    this.#source = source
  }

  any(): Piece {
    const of = [this.#all()]
    while (this.#match(/\|/uy) !== null) of.push(this.#all())
    return of.length === 1 ? (of[0] ?? empty) : { kind: 'any', of }
  }

  requireEnd(): void {
    if (this.#at < this.#source.length) throw new Error(`cannot read ${this.#source} from ${this.#at} on`)
  }

  #all(): Piece {
    const parts: Piece[] = []
    while (this.#at < this.#source.length && !/[|)]/.test(this.#source[this.#at] ?? ''))
      parts.push(this.#often())
    return { kind: 'all', parts }
  }

  #often(): Piece {
    const piece = this.#single()
    const found = this.#match(/(?:([*+?])|\{(\d+)(,(\d*))?\})\??/uy)
    if (found === null) return piece
    const [, sign, least, isRange, most] = found
    switch (sign) {
      case '*':
        return { kind: 'often', piece, least: 0, most: Number.POSITIVE_INFINITY }
      case '+':
        return { kind: 'often', piece, least: 1, most: Number.POSITIVE_INFINITY }
      case '?':
        return { kind: 'often', piece, least: 0, most: 1 }
      default: {
        const open = most === '' ? Number.POSITIVE_INFINITY : Number(most)
        return {
          kind: 'often',
          piece,
          least: Number(least),
          most: isRange === undefined ? Number(least) : open,
        }
      }
    }
  }

  #single(): Piece {
    const open = this.#match(/\((?:\?(?::|<?[=!]|<\w+>))?/uy)
    if (open !== null) {
      const piece = this.any()
      if (this.#match(/\)/uy) === null) throw new Error(`a group of ${this.#source} has no end`)
      return /[=!]$/.test(open[0]) ? { kind: 'look', piece } : piece
    }
    if (this.#match(/[$^]|\\[bB]/uy) !== null) return empty
    if (/^\\[1-9k]/.test(this.#source.slice(this.#at)))
      throw new Error(`${this.#source} refers to what it has found`)
    const one = this.#match(
      /\[(?:\\.|[^\]\\])*\]|\\[pP]\{[^}]*\}|\\u\{[0-9A-Fa-f]+\}|\\u[0-9A-Fa-f]{4}|\\x[0-9A-Fa-f]{2}|\\c[A-Za-z]|\\.|[^()|*+?]/uy,
    )
    if (one === null) throw new Error(`cannot read ${this.#source} from ${this.#at} on`)
    return { kind: 'one', source: one[0] }
  }

  #match(expression: RegExp): RegExpExecArray | null {
    expression.lastIndex = this.#at
    const found = expression.exec(this.#source)
    if (found !== null) this.#at = expression.lastIndex
    return found
  }
}

/** Made from the expression itself: wherever something may be repeated, whatever it tells apart is. */
export function* hardTexts({ source, flags }: RegExp): Generator<HardText> {
  const root = readExpression(source)
  const tests = [...new Set(onesIn(root))].map(
    (one) => new RegExp(`^(?:${one})$`, flags.replaceAll(/[dgy]/g, '')),
  )
  const sampleOf = (one: string): string => {
    const test = new RegExp(`^(?:${one})$`, flags.replaceAll(/[dgy]/g, ''))
    return characters.find((character) => test.test(character)) ?? ''
  }
  const sorts = new Map<string, string>()
  for (const character of characters) {
    const sort = tests.map((test) => Number(test.test(character))).join('')
    if (!sorts.has(sort)) sorts.set(sort, character)
  }
  const none = '0'.repeat(tests.length)
  const known = [...sorts].filter(([sort]) => sort !== none).map(([, character]) => character)
  const paired = known.slice(0, mostPaired)
  const words = [...wordsIn(root, sampleOf)].filter((word) => word.length > 1 && word.length <= longestAgain)
  const again = new Set([...known, ...paired.flatMap((one) => paired.map((other) => one + other)), ...words])
  const ends = new Set(['', sorts.get(none) ?? '\n', '\n', '\0'])
  const beginnings = new Set(['', ...beginningsIn(root, '', sampleOf)])
  for (const before of beginnings)
    for (const one of again) for (const end of ends) yield { before, again: one, end }
  // What is to stand at the end alone is looked for behind anything else.
  for (const before of [...sorts.values()].slice(0, mostPaired))
    for (const one of known)
      for (const end of ends) if (!beginnings.has(before)) yield { before, again: one, end }
}

/** A text of about that length. */
export function textOf({ before, again, end }: HardText, length: number): string {
  return before + again.repeat(Math.ceil(length / again.length)) + end
}

function* onesIn(piece: Piece): Generator<string> {
  switch (piece.kind) {
    case 'one':
      yield piece.source
      return
    case 'all':
      for (const part of piece.parts) yield* onesIn(part)
      return
    case 'any':
      for (const one of piece.of) yield* onesIn(one)
      return
    case 'often':
    case 'look':
      yield* onesIn(piece.piece)
  }
}

type SampleOf = (one: string) => string

/** The shortest text that fits, as far as a piece by itself can tell. */
function shortest(piece: Piece, sampleOf: SampleOf): string {
  switch (piece.kind) {
    case 'one':
      return sampleOf(piece.source)
    case 'all':
      return piece.parts.map((part) => shortest(part, sampleOf)).join('')
    case 'any':
      return piece.of
        .map((one) => shortest(one, sampleOf))
        .reduce((least, one) => (one.length < least.length ? one : least))
    case 'often':
      return shortest(piece.piece, sampleOf).repeat(Math.min(piece.least, manyTimes))
    case 'look':
      return ''
  }
}

/** What is repeated as a whole, and the whole expression. */
function* wordsIn(piece: Piece, sampleOf: SampleOf): Generator<string> {
  yield shortest(piece, sampleOf)
  switch (piece.kind) {
    case 'one':
      return
    case 'all':
      for (const part of piece.parts) yield* wordsIn(part, sampleOf)
      return
    case 'any':
      for (const one of piece.of) yield* wordsIn(one, sampleOf)
      return
    case 'often':
    case 'look':
      yield* wordsIn(piece.piece, sampleOf)
  }
}

/** What leads to each piece that may come many times. */
function* beginningsIn(piece: Piece, before: string, sampleOf: SampleOf): Generator<string> {
  switch (piece.kind) {
    case 'one':
      return
    case 'all': {
      let at = before
      for (const part of piece.parts) {
        yield* beginningsIn(part, at, sampleOf)
        at += shortest(part, sampleOf)
      }
      return
    }
    case 'any':
      for (const one of piece.of) yield* beginningsIn(one, before, sampleOf)
      return
    case 'often':
      if (piece.most >= manyTimes) yield before
      yield* beginningsIn(piece.piece, before, sampleOf)
      return
    case 'look':
      yield* beginningsIn(piece.piece, before, sampleOf)
  }
}
