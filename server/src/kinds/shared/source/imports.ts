import type { Token, Tokens } from './tokens.ts'

/** `import {A as B} from "x"`. */
export interface Import {
  /** What stands between the quotes. */
  readonly from: string
  /** How what was imported is called here. */
  readonly names: readonly string[]
}

/** More than anybody imports in one clause. */
const mostNames = 10_000

/**
 * What follows `import` or `export`, as far as it names another module. What is no such clause is left to whoever goes on:
 * of it nothing but words, commas, braces and stars was taken. `ends`: words that belong to what comes after a clause.
 */
export function readImport(
  tokens: Tokens,
  isFrom: (word: string) => boolean,
  ends: (word: string) => boolean = (word) => declares.has(word),
): Import | undefined {
  const first = tokens.peek()
  if (first.is === 'string') return { from: tokens.next().text, names: [] }
  if (first.is === 'mark' && first.text === '(') return readCall(tokens)
  const names: string[] = []
  let last: Token | undefined
  for (let token = tokens.peek(); isOfClause(token, ends); token = tokens.peek()) {
    if (token.is === 'word' && isFrom(token.text) && !isBinding(last)) {
      tokens.next()
      if (tokens.peek().is === 'string') return { from: tokens.next().text, names }
    } else {
      tokens.next()
      if (token.is === 'word') {
        // Of `A as B` and `type A`, the last word is the name.
        if (last?.is === 'word') names.pop()
        if (names.length < mostNames) names.push(token.text)
      }
    }
    last = token
  }
  return takesRequire(tokens, last) ? withNames(readCall(tokens), names) : undefined
}

/** `import("x")`, `require("x")`: only what is written out is known. */
export function readCall(tokens: Tokens): Import | undefined {
  if (!tokens.take('(') || tokens.peek().is !== 'string') return undefined
  const from = tokens.next().text
  const { is, text } = tokens.peek()
  return is === 'mark' && (text === ')' || text === ',') ? { from, names: [] } : undefined
}

/** `import A = require("x")` */
function takesRequire(tokens: Tokens, last: Token | undefined): boolean {
  if (last?.is !== 'word' || !tokens.take('=')) return false
  const { is, text } = tokens.peek()
  if (is !== 'word' || text !== 'require') return false
  tokens.next()
  return true
}

function withNames(found: Import | undefined, names: readonly string[]): Import | undefined {
  return found === undefined ? undefined : { from: found.from, names }
}

const ofClause = '{},*'

function isOfClause({ is, text }: Token, ends: (word: string) => boolean): boolean {
  return is === 'word' ? !ends(text) : is === 'mark' && ofClause.includes(text)
}

/** Words that cannot be imported: here something else begins. */
const declares: ReadonlySet<string> = new Set(
  'import export class interface function const let var enum'.split(' '),
)

/** `import { from } from "x"`: the first of them is a name. */
function isBinding(last: Token | undefined): boolean {
  return last === undefined || (last.is === 'mark' && (last.text === '{' || last.text === ','))
}
