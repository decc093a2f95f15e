import type { Skip } from './tally.ts'

/** Reasons by id, as `conformance/allowed-skips.json` holds them. */
export type AllowedSkips = Readonly<Record<string, string>>

/** Throws where the list is not ids with reasons that say something. */
export function parseAllowedSkips(text: string): AllowedSkips {
  const value: unknown = JSON.parse(text)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Error('the list of allowed skips is no object')
  }
  for (const [id, reason] of Object.entries(value)) {
    if (!id.includes(' > ')) throw new Error(`${id} is no test's id, which reads "file > test"`)
    if (typeof reason !== 'string' || reason.trim() === '')
      throw new Error(`${id} is allowed to skip without a reason`)
  }
  return value as AllowedSkips
}

/** The skips that no list allows. An id stands for one test: a whole file is never waved through. */
export function unlisted(skips: readonly Skip[], allowed: AllowedSkips): Skip[] {
  return skips.filter(({ id }) => !Object.hasOwn(allowed, id))
}

/** The list's entries whose file is gone: they would hide a later test of that name. */
export function stale(allowed: AllowedSkips, files: readonly string[]): string[] {
  return Object.keys(allowed).filter((id) => !files.includes(id.slice(0, id.indexOf(' > '))))
}

/** What is wrong with a run's skips, a sentence each. Only where all is required is a skip off the list wrong. */
export function complaints(
  skips: readonly Skip[],
  allowed: AllowedSkips,
  { files, requireAll }: { readonly files: readonly string[]; readonly requireAll: boolean },
): string[] {
  return [
    ...stale(allowed, files).map((id) => `allowed to skip, but there is no such file: ${id}`),
    ...(requireAll ? unlisted(skips, allowed) : []).map(({ id }) => `skipped and not on the list: ${id}`),
  ]
}
