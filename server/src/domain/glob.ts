/** `*` stands for any run of characters, also none; everything else for itself. Linear in the text for each star. */
export function matchesGlob(glob: string, text: string): boolean {
  // What most of them are: everything, or one name.
  if (glob === '*') return true
  if (!glob.includes('*')) return text === glob
  const parts = glob.split('*')
  const [first = '', ...rest] = parts
  if (!text.startsWith(first)) return false
  const last = rest.pop() ?? ''
  let at = first.length
  for (const part of rest) {
    const found = text.indexOf(part, at)
    if (found === -1) return false
    at = found + part.length
  }
  return text.length - last.length >= at && text.endsWith(last)
}
