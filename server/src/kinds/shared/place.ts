/** Where in a document something is; undefined: the document itself. Written out only when something is told of it. */
export type Place = { readonly within: Place; readonly step: string | number } | undefined

const longestStep = 100
const longestPath = 1_000

/** A JSON pointer (RFC 6901), of which what is longer than anybody reads is cut. */
export function pointerTo(place: Place): string {
  const steps: string[] = []
  for (let at = place; at !== undefined; at = at.within)
    steps.push(`/${escaped(cut(String(at.step), longestStep))}`)
  return cut(steps.reverse().join(''), longestPath)
}

/** One step of a JSON pointer. */
export function escaped(step: string): string {
  return step.replaceAll('~', '~0').replaceAll('/', '~1')
}

/** One that others have written, however long it is. */
export function cutPointer(pointer: string): string {
  const steps = pointer.split('/').map((step) => cut(step, longestStep))
  return cut(steps.join('/'), longestPath)
}

/** At most so many characters, the last of them an ellipsis where there were more; no half characters. */
export function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1).toWellFormed()}…`
}

const longestShown = 80

/** A value for a message: short whatever it is. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return cut(JSON.stringify(value.slice(0, longestShown + 1)), longestShown)
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object' && value !== null) return 'an object'
  return String(value)
}
