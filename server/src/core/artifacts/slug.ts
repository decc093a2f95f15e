import { isRepositorySegment } from '../../domain/repository-name.ts'
import { isReservedName } from '../../domain/reserved-names.ts'

/** What is left to a number that tells two of the same title apart. */
const mostSlug = 96

/**
 * Words of lower-case letters and digits, joined by hyphens, of a title in any script. Where nothing of it can be said
 * with these, or it would be a reserved word, `fallback` tells them apart.
 */
export async function slugOf(title: string, fallback: string): Promise<string> {
  const words = (await inAscii(title.slice(0, 4 * mostSlug).normalize('NFKC')))
    .toLowerCase()
    .replaceAll(/['`]/g, '')
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '')
  const slug = words.join('-').slice(0, mostSlug).replace(/-+$/, '')
  return isRepositorySegment(slug) && !isReservedName(slug) ? slug : `${fallback}-${slug}`.replace(/-$/, '')
}

/** The table of all scripts is half a megabyte: only a title that needs it loads it. */
async function inAscii(text: string): Promise<string> {
  if (/^[ -~]*$/.test(text)) return text
  const { default: anyAscii } = await import('any-ascii')
  return anyAscii(text)
}

/** The first of `slug`, `slug-2`, `slug-3` … */
export function numbered(slug: string, number: number): string {
  return number === 1 ? slug : `${slug}-${number}`
}
