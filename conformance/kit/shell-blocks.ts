/** A fenced block of shell commands in a document. */
export interface ShellBlock {
  /** Of its first line of commands, from 1. */
  readonly line: number
  readonly script: string
  /** Programs that not every machine has, from `sh needs=a,b`. */
  readonly needs: readonly string[]
  /** Why it is not run, from `sh no-run=why`. */
  readonly notRun?: string
}

/** Other names for shell blocks: one name keeps every command in reach of the test. */
const otherShells = ['bash', 'shell', 'console', 'zsh', 'shell-session']

/**
 * The `sh` blocks of a Markdown document (CommonMark 0.31, "Fenced code blocks"), in lists too. Throws on a shell
 * block by another name, on an unknown word beside `sh`, on `no-run` without a reason, and on a fence without an end.
 */
export function shellBlocks(markdown: string): ShellBlock[] {
  const blocks: ShellBlock[] = []
  const lines = markdown.split('\n')
  for (let at = 0; at < lines.length; at++) {
    const opening = /^(\s*)(`{3,}|~{3,})\s*([^`]*)$/.exec(lines[at] ?? '')
    if (!opening) continue
    const [, indent = '', fence = '', info = ''] = opening
    const end = lines.findIndex((line, index) => index > at && closes(line, fence))
    if (end < 0) throw new Error(`line ${at + 1}: a fence without an end`)
    const body = lines
      .slice(at + 1, end)
      .map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line))
    const head = shellHead(info.trim(), at + 1)
    if (head) blocks.push({ line: at + 2, script: body.join('\n'), ...head })
    at = end
  }
  return blocks
}

function closes(line: string, fence: string): boolean {
  const text = line.trim()
  return text.length >= fence.length && text === (fence[0] ?? '').repeat(text.length)
}

function shellHead(info: string, line: number): Pick<ShellBlock, 'needs' | 'notRun'> | undefined {
  const [language = '', rest = ''] = splitOnce(info)
  if (otherShells.includes(language))
    throw new Error(`line ${line}: a shell block is called sh, not ${language}`)
  if (language !== 'sh') return undefined
  if (rest === '') return { needs: [] }
  const [, word, value = ''] = /^(needs|no-run)=(.*)$/.exec(rest) ?? []
  if (!word || value.trim() === '')
    throw new Error(`line ${line}: sh takes needs=programs or no-run=reason, not ${rest}`)
  return word === 'needs'
    ? { needs: value.split(',').map((name) => name.trim()) }
    : { needs: [], notRun: value.trim() }
}

function splitOnce(info: string): [string, string] {
  const space = info.indexOf(' ')
  return space < 0 ? [info, ''] : [info.slice(0, space), info.slice(space + 1).trim()]
}

/** One script of some blocks, in which a failing command tells where in the document it stands. */
export function scriptOf(document: string, blocks: readonly ShellBlock[]): string {
  const head = ['set -Eeuo pipefail', `trap 'echo "failed in $lading_place: $BASH_COMMAND" >&2' ERR`]
  const body = blocks.map(
    ({ line, script }) => `lading_place='${document}, the block at line ${line}'\n${script}`,
  )
  return [...head, ...body, ''].join('\n')
}

/** Documents speak of a server where it listens by default; the one under test listens elsewhere. */
export function atAddress(script: string, address: string): string {
  const port = address.slice(address.lastIndexOf(':') + 1)
  return script.replaceAll('127.0.0.1:7070', address).replaceAll('localhost:7070', `localhost:${port}`)
}
