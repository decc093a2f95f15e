import { StrictParameters } from '../../http/strict-parameters.ts'

const defaultLimit = 100
const mostAtOnce = 1000

/** `last`: the name that the page before has ended on. @throws RegistryError `parameter-invalid` */
export function readPage(parameters: URLSearchParams): { readonly after?: string; readonly limit: number } {
  const read = new StrictParameters(parameters, ['limit', 'last'])
  const after = read.text('last')
  return { limit: read.whole('limit', 1, mostAtOnce) ?? defaultLimit, ...(after !== undefined && { after }) }
}

/** Where the next page begins. */
export function nextOf(names: readonly string[], more: boolean): { readonly next?: string } {
  const last = names.at(-1)
  return more && last !== undefined ? { next: last } : {}
}

export const shownTime = (time: number): string => new Date(time).toISOString()
