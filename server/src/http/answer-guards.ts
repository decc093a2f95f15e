/**
 * What keeps a browser from making more of an answer than it is, wherever the answer says nothing of it itself: from taking it for
 * another type, from running anything that it holds, and from showing it within a page of somebody else's.
 */
export function guardAnswer(headers: string[]): void {
  let isTyped = false
  let hasPolicy = false
  for (let at = 0; at < headers.length; at += 2) {
    if (headers[at] === 'X-Content-Type-Options') isTyped = true
    else if (headers[at] === 'Content-Security-Policy') hasPolicy = true
  }
  if (!isTyped) headers.push('X-Content-Type-Options', 'nosniff')
  if (!hasPolicy) headers.push('Content-Security-Policy', nothingRuns)
  headers.push('Cross-Origin-Resource-Policy', 'same-origin')
}

/** Whoever pushes chooses the types of what is served back: a page among it is opened, and is of no site. */
const nothingRuns = "default-src 'none'; frame-ancestors 'none'; sandbox"
