/** Beyond this a name is not a slip of the fingers, and comparing it would only cost time. */
const maxCompared = 64

/** The known name that was most likely meant, if one is near. */
export function nearest(text: string, known: Iterable<string>): string | undefined {
  if (text.length > maxCompared) return undefined
  const wanted = plain(text)
  let best: { readonly name: string; readonly distance: number } | undefined
  for (const name of known) {
    const distance = editDistance(wanted, plain(name))
    const tolerated = Math.max(1, Math.floor(Math.max(wanted.length, name.length) / 3))
    if (distance <= tolerated && distance < (best?.distance ?? Number.POSITIVE_INFINITY)) {
      best = { name, distance }
    }
  }
  return best?.name
}

/** `; did you mean x?`, or nothing. */
export function namingNearest(text: string, known: Iterable<string>): string {
  const name = nearest(text, known)
  return name === undefined ? '' : `; did you mean ${name}?`
}

/** Case and separators differ between files, flags and the environment, and are not what is misspelt. */
function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[_-]/g, '')
}

/** Insertions, deletions, replacements and swapped neighbours, one each. */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1]
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
      current[column] = Math.min(
        at(current, column - 1) + 1,
        at(last, column) + 1,
        at(last, column - 1) + (same ? 0 : 1),
        swapped ? at(beforeLast, column - 2) + 1 : Number.POSITIVE_INFINITY,
      )
    }
    beforeLast = last
    last = current
  }
  return at(last, b.length)
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY
}
