/** Controls but line feed and tab, and what turns the direction of writing. */
const unshown = /[^\P{Cc}\n\t]|\p{Bidi_Control}/gu

/**
 * As a terminal may have it: names come from images and archives of anybody, and controls within them would be obeyed.
 * Escaped as JSON does, of which it leaves the meaning.
 */
export function shownText(text: string): string {
  return text.replace(unshown, (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
