import { mostTopics } from '../../facts.ts'
import type { Dependency, KindFacts } from '../../kind.ts'
import { type Named, readReference } from '../../reference.ts'
import { type Import, readImport } from './imports.ts'
import { namedBySpecifier } from './specifiers.ts'
import { type Token, Tokens } from './tokens.ts'
import { mostMentions, passArguments } from './typescript-facts.ts'

interface Mention {
  readonly relation: string
  /** As it stands there: a name, or between quotes a reference. */
  readonly name: string
  readonly quoted: boolean
}

/** What declares a name of its own. */
const declarations: ReadonlySet<string> = new Set(
  'persona team workflow skill constraint type interface enum fn class'.split(' '),
)
/** Heads and members that name others, with what that means. */
const relations: ReadonlyMap<string, string> = new Map([
  ['extends', 'extends'],
  ['implements', 'implements'],
  ['requires', 'uses'],
  ['uses', 'uses'],
])
/** Members of a declaration that name others. */
const membersThatName: ReadonlyMap<string, readonly string[]> = new Map([
  ['team', ['members', 'primary']],
  ['workflow', ['fallback']],
])

interface Reading {
  readonly tokens: Tokens
  readonly imports: Import[]
  readonly mentions: Mention[]
  readonly declared: Set<string>
  readonly topics: string[]
  /** What each open brace belongs to; empty for those of no declaration. */
  readonly blocks: string[]
  /** Declared, and its brace still to come. */
  pending: string
}

/** What a source in the Persona Control Language imports, and which personas, teams and skills of others it names. */
export function pclFacts(source: string): KindFacts {
  const reading: Reading = {
    tokens: new Tokens(source, { nestedComments: true, expressions: false }),
    imports: [],
    mentions: [],
    declared: new Set(),
    topics: [],
    blocks: [],
    pending: '',
  }
  let before: Token = { is: 'end', text: '' }
  for (let token = reading.tokens.next(); token.is !== 'end'; token = reading.tokens.next()) {
    if (reading.imports.length + reading.mentions.length >= mostMentions) break
    if (token.is === 'mark') readMark(reading, token.text)
    // `@extends`, `it.uses`
    else if (token.is === 'word' && before.text !== '.' && before.text !== '@') readWord(reading, token.text)
    before = token
  }
  return { dependencies: [...dependenciesOf(reading)], topics: reading.topics, text: [] }
}

function readMark(reading: Reading, mark: string): void {
  if (mark === '{') {
    reading.blocks.push(reading.pending)
    reading.pending = ''
  } else if (mark === '}') reading.blocks.pop()
}

/** Keywords are written in capitals too. */
const keywordOf = (word: string): string => (word.length > 10 ? word : word.toLowerCase())

function readWord(reading: Reading, word: string): void {
  const { tokens } = reading
  const keyword = keywordOf(word)
  if (keyword === 'import' || keyword === 'export') {
    const found = readImport(tokens, (text) => keywordOf(text) === 'from', endsClause)
    if (found !== undefined) reading.imports.push(found)
  } else if (declarations.has(keyword) && tokens.peek().is === 'word') {
    if (reading.declared.size < mostMentions) reading.declared.add(tokens.next().text)
    reading.pending = keyword
    passArguments(tokens)
  } else {
    const relation = relations.get(keyword)
    if (relation !== undefined) readNames(reading, relation)
    else readMember(reading, keyword)
  }
}

/** Here something of its own begins. */
function endsClause(word: string): boolean {
  const keyword = keywordOf(word)
  return keyword === 'import' || keyword === 'export' || (keyword !== 'type' && declarations.has(keyword))
}

function readMember(reading: Reading, keyword: string): void {
  const within = reading.blocks.at(-1) ?? ''
  if (membersThatName.get(within)?.includes(keyword) && reading.tokens.peek().text === ':') {
    readNames(reading, 'uses')
  } else if (keyword === 'tags' && within !== '') readTags(reading)
  else if (keyword === 'skills' && within !== '') readSkills(reading)
}

const opening = ['(', '[', '{']

/** Names with commas between, within brackets or without. */
function readNames({ tokens, mentions }: Reading, relation: string): void {
  tokens.take(':')
  const bracketed = opening.some((bracket) => tokens.take(bracket))
  do {
    const name = readName(tokens)
    if (name === undefined) break
    mentions.push({ relation, ...name })
    passArguments(tokens)
  } while (tokens.take(',') && mentions.length < mostMentions)
  // Its bracket was no block's.
  if (bracketed && tokens.peek().text === '}') tokens.next()
}

/** `"acme/base@^1"`, `SEC`, `3xSEC`, `Security.AUDITOR`, `@Security.AUDITOR`; undefined where none follows. */
function readName(tokens: Tokens): { readonly name: string; readonly quoted: boolean } | undefined {
  if (tokens.peek().is === 'string') return { name: tokens.next().text, quoted: true }
  tokens.take('@')
  if (tokens.peek().is !== 'word') return undefined
  const parts = [tokens.next().text.replace(/^[0-9]+x(?=[A-Za-z_])/, '')]
  while (parts.length < 10 && tokens.take('.'))
    if (tokens.peek().is === 'word') parts.push(tokens.next().text)
  return { name: parts.join('.'), quoted: false }
}

function readTags({ tokens, topics }: Reading): void {
  tokens.take(':')
  if (!tokens.take('{') && !tokens.take('[')) return
  for (let token = tokens.peek(); isListed(token); token = tokens.peek()) {
    tokens.next()
    if (token.is !== 'mark' && topics.length < mostTopics) topics.push(token.text)
  }
  tokens.take('}')
}

/** Most of them are words for people; those of others begin with an @. */
function readSkills(reading: Reading): void {
  const { tokens, mentions } = reading
  tokens.take(':')
  if (!tokens.take('{') && !tokens.take('[')) return
  for (let token = tokens.peek(); isListed(token) || token.text === '@'; token = tokens.peek()) {
    if (token.text === '@' && token.is === 'mark') {
      const name = readName(tokens)
      if (name !== undefined && mentions.length < mostMentions) mentions.push({ relation: 'uses', ...name })
    } else tokens.next()
  }
  tokens.take('}')
}

function isListed({ is, text }: Token): boolean {
  return is === 'word' || is === 'string' || (is === 'mark' && (text === ',' || text === '.'))
}

function* dependenciesOf({ imports, mentions, declared }: Reading): Generator<Dependency> {
  const origins = new Map<string, Named | undefined>()
  for (const { from, names } of imports) {
    const named = namedBySpecifier(from)
    for (const name of names) origins.set(name, named)
    if (named !== undefined) yield { relation: 'import', ...named }
  }
  for (const { relation, name, quoted } of mentions) {
    const [first = name] = name.split('.', 1)
    if (!quoted && declared.has(first)) continue
    const named = origins.has(first) && !quoted ? origins.get(first) : readReference(name)
    if (named !== undefined && typeof named !== 'string') yield { relation, ...named }
  }
}
