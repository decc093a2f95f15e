/**
 * The elements of a header between `separator`s, trimmed, without the empty ones. A separator within a quoted string
 * separates nothing (RFC 9110 sections 5.6.1 and 5.6.4).
 */
export function splitHeader(text: string, separator: ',' | ';'): string[] {
  const elements = text.includes('"') ? splitQuoted(text, separator) : text.split(separator)
  return elements.map((element) => element.trim()).filter((element) => element !== '')
}

function splitQuoted(text: string, separator: string): string[] {
  const elements: string[] = []
  let start = 0
  let quoted = false
  for (let at = 0; at < text.length; at++) {
    const char = text[at]
    if (quoted && char === '\\') at++
    else if (char === '"') quoted = !quoted
    else if (char === separator && !quoted) {
      elements.push(text.slice(start, at))
      start = at + 1
    }
  }
  elements.push(text.slice(start))
  return elements
}
