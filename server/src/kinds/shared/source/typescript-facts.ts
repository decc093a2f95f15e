import type { Dependency, KindFacts } from '../../kind.ts'
import { type Import, readCall, readImport } from './imports.ts'
import { namedBySpecifier } from './specifiers.ts'
import { type Token, Tokens } from './tokens.ts'

/** More than any source names; what is beyond is not told of. */
export const mostMentions = 10_000

interface Heritage {
  readonly relation: 'extends' | 'implements'
  readonly name: string
}

/**
 * What a TypeScript source imports, and which of what it imports its classes and interfaces extend or implement. Names
 * that it declares itself, or that are everywhere, are no dependencies.
 */
export function typescriptFacts(source: string): KindFacts {
  const tokens = new Tokens(source, { nestedComments: false, expressions: true })
  const imports: Import[] = []
  const heritage: Heritage[] = []
  let before: Token = { is: 'end', text: '' }
  for (let token = tokens.next(); token.is !== 'end'; token = tokens.next()) {
    if (imports.length + heritage.length >= mostMentions) break
    // `it.import`, `{ class: 1 }`
    const isMember = before.is === 'mark' && before.text === '.'
    before = token
    if (token.is !== 'word' || isMember) continue
    const found = importAfter(token.text, tokens)
    if (found !== undefined) imports.push(found)
    if (token.text === 'class' || token.text === 'interface') heritage.push(...readHead(tokens))
  }
  return { dependencies: [...dependenciesOf(imports, heritage)], topics: [], text: [] }
}

function importAfter(word: string, tokens: Tokens): Import | undefined {
  const isFrom = (text: string): boolean => text === 'from'
  if (word === 'import' || word === 'export') return readImport(tokens, isFrom)
  return word === 'require' ? readCall(tokens) : undefined
}

function* dependenciesOf(imports: readonly Import[], heritage: readonly Heritage[]): Generator<Dependency> {
  const origins = new Map<string, string>()
  for (const { from, names } of imports) {
    const named = namedBySpecifier(from)
    if (named === undefined) continue
    yield { relation: 'import', ...named }
    for (const name of names) origins.set(name, from)
  }
  for (const { relation, name } of heritage) {
    const named = namedBySpecifier(origins.get(name) ?? '')
    if (named !== undefined) yield { relation, ...named }
  }
}

/** `Name<T> extends A.B<C>, D implements E`, up to the brace. */
function readHead(tokens: Tokens): readonly Heritage[] {
  const heritage: Heritage[] = []
  if (tokens.peek().is === 'word' && tokens.peek().text !== 'extends') tokens.next()
  passArguments(tokens)
  while (tokens.peek().is === 'word' && heritage.length < mostMentions) {
    const relation = tokens.peek().text
    if (relation !== 'extends' && relation !== 'implements') return heritage
    tokens.next()
    do {
      if (tokens.peek().is !== 'word') return heritage
      heritage.push({ relation, name: tokens.next().text })
      while (tokens.take('.')) if (tokens.peek().is === 'word') tokens.next()
      passArguments(tokens)
    } while (tokens.take(',') && heritage.length < mostMentions)
  }
  return heritage
}

/** `<T extends Array<U>>`, of which an arrow is no end. */
export function passArguments(tokens: Tokens): void {
  if (!tokens.take('<')) return
  let before = ''
  for (let depth = 1; depth > 0; ) {
    const { is, text } = tokens.peek()
    // A body begins only where something was not closed, unless it is a type's.
    if (is === 'end' || (is === 'mark' && text === ';')) return
    tokens.next()
    if (is === 'mark' && text === '<') depth++
    if (is === 'mark' && text === '>' && before !== '=') depth--
    before = text
  }
}
