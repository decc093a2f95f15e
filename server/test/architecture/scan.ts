import { SyntaxKind } from 'typescript/unstable/ast'
import { createScanner, tokenIsIdentifierOrKeyword } from 'typescript/unstable/ast/scanner'

export interface WrittenExpression {
  /** With its slashes and flags. */
  readonly text: string
  readonly line: number
}

/** `static` and `type` are declarations; `call` is `import('…')`, as an expression or as a type. */
export type ImportForm = 'static' | 'type' | 'call'

export interface ImportFact {
  readonly specifier: string
  readonly form: ImportForm
  readonly line: number
}

export interface FileFacts {
  readonly imports: readonly ImportFact[]
  /** Lines that read the process's environment. */
  readonly environment: readonly number[]
  /** Lines that name a member `commit` of something, by property or by destructuring. */
  readonly commits: readonly number[]
  /** Names of tables of which a row is put or patched. */
  readonly rowChanges: readonly { readonly table: string; readonly line: number }[]
  /** What the scan could not follow. A reader must treat it as a failure: a rule may be broken there. */
  readonly unclear: readonly { readonly line: number; readonly why: string }[]
}

interface Token {
  readonly kind: SyntaxKind
  readonly text: string
  readonly value: string
  readonly line: number
}

/**
 * What one source file imports and touches. TypeScript's own scanner cuts the tokens, in this process: its parser
 * lives in another program, and an import needs no more than tokens to be found.
 */
export function scan(source: string): FileFacts {
  const tokens = tokenize(source)
  const imports: ImportFact[] = []
  const environment: number[] = []
  const commits: number[] = []
  const rowChanges: { table: string; line: number }[] = []
  const unclear: { line: number; why: string }[] = []
  for (const [index, token] of tokens.entries()) {
    if (token.kind === SyntaxKind.Unknown)
      unclear.push({ line: token.line, why: `cannot read ${token.text}` })
    const found = importAt(tokens, index)
    if (found === 'computed') unclear.push({ line: token.line, why: 'imports a name that is computed' })
    else if (found) imports.push(found)
    if (readsEnvironment(tokens, index)) environment.push(token.line)
    if (namesCommit(tokens, index)) commits.push(token.line)
    const table = changedTable(tokens, index)
    if (table !== undefined) rowChanges.push({ table, line: token.line })
  }
  return { imports, environment, commits, rowChanges, unclear }
}

function importAt(tokens: readonly Token[], index: number): ImportFact | 'computed' | undefined {
  const token = tokens[index]
  if (!token || isMember(tokens, index)) return undefined
  if (token.kind === SyntaxKind.ImportKeyword) {
    const next = tokens[index + 1]
    if (!next || next.text === '.' || next.text === ':') return undefined
    if (next.text === '(') {
      const name = tokens[index + 2]
      return isText(name) ? { specifier: name.value, form: 'call', line: token.line } : 'computed'
    }
    if (isText(next)) return { specifier: next.value, form: 'static', line: token.line }
    return declaration(tokens, index)
  }
  if (token.kind === SyntaxKind.ExportKeyword) {
    const first = tokens[index + 1]?.text === 'type' ? tokens[index + 2] : tokens[index + 1]
    if (first?.text === '{' || first?.text === '*') return declaration(tokens, index)
  }
  return undefined
}

/** From `import` or `export` to its `from '…'`; an `export { … }` of the file's own names has none. */
function declaration(tokens: readonly Token[], start: number): ImportFact | undefined {
  const opening = tokens[start]
  if (!opening) return undefined
  // `import type from './a'` imports a default that is called type.
  const typed = tokens[start + 1]?.text === 'type' && tokens[start + 2]?.kind !== SyntaxKind.FromKeyword
  for (let at = start + 1; at < tokens.length; at++) {
    const token = tokens[at]
    const name = tokens[at + 1]
    if (token?.kind === SyntaxKind.FromKeyword && isText(name)) {
      return { specifier: name.value, form: typed ? 'type' : 'static', line: opening.line }
    }
    const closed = token?.text === '}' && name?.kind !== SyntaxKind.FromKeyword
    if (closed || token?.kind === SyntaxKind.SemicolonToken) return undefined
  }
  return undefined
}

function readsEnvironment(tokens: readonly Token[], index: number): boolean {
  if (tokens[index]?.text !== 'process') return false
  const [dot, name] = [tokens[index + 1], tokens[index + 2]]
  if (dot?.text === '.' || dot?.text === '?.') return name?.text === 'env'
  if (dot?.text === '[') return !isText(name) || name.value === 'env'
  return destructures(tokens, index, 'env')
}

function namesCommit(tokens: readonly Token[], index: number): boolean {
  const token = tokens[index]
  if (!token) return false
  if (token.kind === SyntaxKind.Identifier && token.value === 'commit') {
    if (isMember(tokens, index)) return true
    const close = closingBrace(tokens, index)
    return close !== undefined && tokens[close + 1]?.text === '=' && isPattern(tokens, close)
  }
  return isText(token) && token.value === 'commit' && tokens[index - 1]?.text === '['
}

/** `put(table, …)` or `patch(table, …)`, with type arguments or without. */
function changedTable(tokens: readonly Token[], index: number): string | undefined {
  if (!['put', 'patch'].includes(tokens[index]?.text ?? '') || isMember(tokens, index)) return undefined
  let at = index + 1
  if (tokens[at]?.text === '<') while (at < tokens.length && tokens[at]?.text !== '(') at++
  const table = tokens[at + 1]
  return tokens[at]?.text === '(' && table?.kind === SyntaxKind.Identifier ? table.text : undefined
}

/** `const { …name… } = subject`, where `index` is at the subject. */
function destructures(tokens: readonly Token[], index: number, name: string): boolean {
  if (tokens[index - 1]?.text !== '=' || tokens[index - 2]?.text !== '}') return false
  for (let at = index - 3; at >= 0 && tokens[at]?.text !== '{'; at--) {
    if (tokens[at]?.text === name) return true
  }
  return false
}

function closingBrace(tokens: readonly Token[], index: number): number | undefined {
  for (let at = index + 1; at < tokens.length; at++) {
    const text = tokens[at]?.text
    if (text === '}') return at
    if (text === '{' || text === '(' || text === ';') return undefined
  }
  return undefined
}

function isPattern(tokens: readonly Token[], close: number): boolean {
  for (let at = close - 1; at >= 0; at--) {
    if (tokens[at]?.text === '{') return ['const', 'let', 'var'].includes(tokens[at - 1]?.text ?? '')
  }
  return false
}

function isMember(tokens: readonly Token[], index: number): boolean {
  const before = tokens[index - 1]?.text
  return before === '.' || before === '?.'
}

/** A string that stands there as written. The brand keeps "no" from ruling out that there is a token at all. */
function isText(token: Token | undefined): token is Token & { readonly written: true } {
  return token?.kind === SyntaxKind.StringLiteral || token?.kind === SyntaxKind.NoSubstitutionTemplateLiteral
}

/** The regular expressions that stand in a source file as such. */
export function expressionsIn(source: string): readonly WrittenExpression[] {
  return tokenize(source)
    .filter(({ kind }) => kind === SyntaxKind.RegularExpressionLiteral)
    .map(({ text, line }) => ({ text, line }))
}

function tokenize(source: string): Token[] {
  const scanner = createScanner(true, undefined, source)
  const tokens: Token[] = []
  const starts = lineStarts(source)
  // Depth of braces at which each open template literal goes on.
  const templates: number[] = []
  let depth = 0
  for (let kind = scanner.scan(); kind !== SyntaxKind.EndOfFile; kind = scanner.scan()) {
    const slash = kind === SyntaxKind.SlashToken || kind === SyntaxKind.SlashEqualsToken
    if (slash && !endsOperand(tokens.at(-1))) kind = scanner.reScanSlashToken()
    if (kind === SyntaxKind.CloseBraceToken && templates.at(-1) === depth) {
      kind = scanner.reScanTemplateToken(false)
      if (kind === SyntaxKind.TemplateTail) templates.pop()
    } else if (kind === SyntaxKind.CloseBraceToken) depth--
    else if (kind === SyntaxKind.OpenBraceToken) depth++
    else if (kind === SyntaxKind.TemplateHead) templates.push(depth)
    const broken = scanner.isUnterminated()
    tokens.push({
      kind: broken ? SyntaxKind.Unknown : kind,
      text: scanner.getTokenText(),
      value: scanner.getTokenValue(),
      line: lineOf(starts, scanner.getTokenStart()),
    })
  }
  return tokens
}

/** Words after which a value is still to come, so that a slash opens a regular expression. */
const opensValue = new Set(
  'return typeof case in of do else void delete await yield instanceof throw new'.split(' '),
)

/** After an operand a slash divides; elsewhere it opens a regular expression. */
function endsOperand(token: Token | undefined): boolean {
  if (!token) return false
  if ([')', ']', '}'].includes(token.text) || token.kind === SyntaxKind.TemplateTail) return true
  if (token.kind === SyntaxKind.NumericLiteral || token.kind === SyntaxKind.BigIntLiteral) return true
  if (tokenIsIdentifierOrKeyword(token.kind)) return !opensValue.has(token.text)
  return isText(token)
}

function lineStarts(source: string): number[] {
  const starts = [0]
  for (let at = source.indexOf('\n'); at >= 0; at = source.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}

function lineOf(starts: readonly number[], position: number): number {
  let [low, high] = [0, starts.length]
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if ((starts[middle] ?? 0) <= position) low = middle
    else high = middle
  }
  return low + 1
}
