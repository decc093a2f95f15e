/** The program that a page of the library's guide is: its `ts` blocks one after the other. */
export interface GuidePage {
  /** Each line where it stands in the page, so that an error names the page's line. */
  readonly program: string
  /** What it prints: every comment `// -> text`, in order. */
  readonly prints: readonly string[]
}

/** Other names for blocks of code: one name keeps every block in reach of the test. */
const otherNames = ['js', 'javascript', 'typescript', 'mjs', 'mts', 'node']
const fence = /^(`{3,}|~{3,})\s*(.*)$/

/** Throws on a block of code by another name, on words beside `ts`, and on a fence without an end. */
export function guidePage(markdown: string): GuidePage {
  let open: { readonly marks: string; readonly isCode: boolean; readonly line: number } | undefined
  const lines = markdown.split('\n').map((line, at) => {
    const [, marks = '', info = ''] = fence.exec(line) ?? []
    if (open === undefined) {
      if (marks !== '') open = { marks, isCode: isCode(info.trim(), at + 1), line: at + 1 }
      return ''
    }
    if (marks.startsWith(open.marks) && info === '') {
      open = undefined
      return ''
    }
    return open.isCode ? line : ''
  })
  if (open !== undefined) throw new Error(`line ${open.line}: a fence without an end`)
  const program = lines.join('\n')
  return { program, prints: Array.from(program.matchAll(/\/\/ ->(?: (.*))?$/gm), ([, text = '']) => text) }
}

function isCode(info: string, line: number): boolean {
  const [language = ''] = info.split(/\s/)
  if (otherNames.includes(language)) throw new Error(`line ${line}: code is called ts, not ${language}`)
  if (language === 'ts' && info !== 'ts')
    throw new Error(`line ${line}: nothing stands beside ts, not ${info}`)
  return language === 'ts'
}
