/** A piece of a source. What stands between the quotes of a string is `text`, with its escapes as they were written. */
export interface Token {
  readonly is: 'word' | 'string' | 'mark' | 'end'
  readonly text: string
}

/** Where two languages of this family differ. */
export interface Lexis {
  readonly nestedComments: boolean
  /** A slash may begin a regular expression. */
  readonly expressions: boolean
}

/** What names others stands near the beginning of a source. */
export const mostCharactersRead = 1_048_576

const end: Token = { is: 'end', text: '' }

/** One for each character: a hostile source consists of marks alone. */
const marks = new Map<string, Token>()

function markOf(character: string): Token {
  const known = marks.get(character)
  if (known !== undefined) return known
  const mark: Token = { is: 'mark', text: character }
  marks.set(character, mark)
  return mark
}

/** Words after which a value follows, so that a slash begins a regular expression. */
const beforeValue: ReadonlySet<string> = new Set(
  'return typeof case in of delete void instanceof new throw else do yield await extends'.split(' '),
)
/** A word is longer in no source that a person wrote. */
const longestWord = 1_024

/**
 * Reads the words, strings and marks of a source that looks like TypeScript, comments left out. Tolerant: it takes whatever
 * comes, and looks at no character more than a few times.
 */
export class Tokens {
  readonly #source: string
  readonly #lexis: Lexis
  readonly #end: number
  #at = 0
  #ahead: Token | undefined
  /** The last one that was read. */
  #last: Token = end
  /** For each template that is open, how many braces are within its `${`. */
  readonly #templates: number[] = []

  constructor(source: string, lexis: Lexis) {
    this.#source = source
    this.#lexis = lexis
    this.#end = Math.min(source.length, mostCharactersRead)
  }

  next(): Token {
    const token = this.peek()
    this.#ahead = undefined
    this.#last = token
    return token
  }

  peek(): Token {
    this.#ahead ??= this.#read()
    return this.#ahead
  }

  /** Takes the next one where it is that mark. */
  take(mark: string): boolean {
    const { is, text } = this.peek()
    const isIt = is === 'mark' && text === mark
    if (isIt) this.next()
    return isIt
  }

  #read(): Token {
    while (this.#at < this.#end) {
      const character = this.#source[this.#at] ?? ''
      if (isBlank(character)) this.#at++
      else if (character === '/' && this.#passComment()) continue
      else if (character === '/' && this.#lexis.expressions && this.#valueFollows()) this.#passExpression()
      else if (character === '"' || character === "'") {
        const text = this.#readString(character)
        if (text !== undefined) return { is: 'string', text }
      } else if (character === '`') {
        this.#at++
        this.#passTemplate()
      } else if (isPartOfWord(character)) return this.#readWord()
      else {
        this.#at++
        if (this.#templates.length === 0 || !this.#closesTemplate(character)) return markOf(character)
      }
    }
    return end
  }

  #readWord(): Token {
    const from = this.#at
    while (this.#at < this.#end && isPartOfWord(this.#source[this.#at] ?? '')) this.#at++
    return { is: 'word', text: this.#source.slice(from, Math.min(this.#at, from + longestWord)) }
  }

  /** Ends with its line: one that is not closed was none, and the rest of its line is passed over. */
  #readString(quote: string): string | undefined {
    const from = ++this.#at
    for (; this.#at < this.#end; this.#at++) {
      const character = this.#source[this.#at]
      if (character === quote) return this.#source.slice(from, this.#at++)
      if (character === '\n') return undefined
      if (character === '\\') this.#at++
    }
    return undefined
  }

  #passComment(): boolean {
    const second = this.#source[this.#at + 1]
    if (second === '/') {
      const line = this.#source.indexOf('\n', this.#at)
      this.#at = line === -1 ? this.#end : line
      return true
    }
    if (second !== '*') return false
    this.#at += 2
    for (let depth = 1; depth > 0 && this.#at < this.#end; this.#at++) {
      const first = this.#source[this.#at]
      if (first !== '*' && first !== '/') continue
      const pair = first + (this.#source[this.#at + 1] ?? '')
      if (pair === '*/') depth--
      else if (pair === '/*' && this.#lexis.nestedComments) depth++
      else continue
      this.#at++
    }
    return true
  }

  #valueFollows(): boolean {
    const { is, text } = this.#last
    if (is === 'word') return beforeValue.has(text)
    return is === 'end' || (is === 'mark' && !')]}'.includes(text))
  }

  /** As a string, it ends with its line. */
  #passExpression(): void {
    let inClass = false
    for (this.#at++; this.#at < this.#end; this.#at++) {
      const character = this.#source[this.#at]
      if (character === '\n') return
      if (character === '\\') this.#at++
      else if (character === '[') inClass = true
      else if (character === ']') inClass = false
      else if (character === '/' && !inClass) {
        this.#at++
        return
      }
    }
  }

  /** Up to its end, or to the next part that is code again. */
  #passTemplate(): void {
    for (; this.#at < this.#end; this.#at++) {
      const character = this.#source[this.#at]
      if (character === '\\') this.#at++
      else if (character === '`') {
        this.#at++
        return
      } else if (character === '$' && this.#source[this.#at + 1] === '{') {
        this.#at += 2
        this.#templates.push(0)
        return
      }
    }
  }

  /** Keeps count of the braces within a template. True where this one ends its code. */
  #closesTemplate(character: string): boolean {
    const innermost = this.#templates.length - 1
    const open = this.#templates[innermost]
    if (open === undefined) return false
    if (character === '{') this.#templates[innermost] = open + 1
    if (character !== '}') return false
    if (open > 0) {
      this.#templates[innermost] = open - 1
      return false
    }
    this.#templates.pop()
    this.#passTemplate()
    return true
  }
}

function isBlank(character: string): boolean {
  return character <= ' ' || character === '\u00a0' || character === '\ufeff'
}

function isPartOfWord(character: string): boolean {
  const code = character.charCodeAt(0)
  return (
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0x41 && code <= 0x5a) ||
    (code >= 0x30 && code <= 0x39) ||
    code === 0x5f ||
    code === 0x24 ||
    (code >= 0x80 && code !== 0xa0 && code !== 0xfeff)
  )
}
