/** Fits a terminal of usual width beside another window. */
export const textWidth = 100

/** Lines of at most `textWidth` columns that begin with `indent`; only what has no space in it may be longer. */
export function foldText(text: string, indent: string = ''): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`
    if (line !== '' && indent.length + longer.length > textWidth) {
      lines.push(line)
      line = word
    } else {
      line = longer
    }
  }
  return [...lines, line].map((one) => `${indent}${one}`)
}

/** Names with what there is to say of each: beside them, or where a name is long, below. */
export function foldColumns(rows: readonly (readonly [name: string, about: string])[]): string[] {
  const width = Math.max(...rows.map(([name]) => name.length))
  if (width > widestName) return rows.flatMap(([name, about]) => [`  ${name}`, ...foldText(about, '      ')])
  const indent = ' '.repeat(width + 4)
  return rows.flatMap(([name, about]) => {
    const [first = '', ...rest] = foldText(about, indent)
    return [`  ${name.padEnd(width)}  ${first.slice(indent.length)}`, ...rest]
  })
}

const widestName = 24
