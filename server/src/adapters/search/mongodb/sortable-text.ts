/**
 * Text that sorts by its UTF-8 bytes on every server: each byte as the character of that number. MongoDB compares text so by
 * itself, what speaks its protocol need not. Plain text stays as it is.
 */
export function sortableText(text: string): string {
  return Buffer.from(text).toString('latin1')
}

/** What became `sorted`. */
export function sortedText(sorted: string): string {
  return Buffer.from(sorted, 'latin1').toString()
}
