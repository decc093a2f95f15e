import { RegistryError } from '../../domain/error.ts'
import type { Exchange } from '../../http/exchange.ts'

/** How many entries an answer may have: what `n` asks for, up to `limit`, which also stands where it asks for nothing. */
export function pageLength(exchange: Exchange, limit: number): number {
  const text = exchange.parameters.get('n')
  if (text === null) return limit
  if (!/^[0-9]{1,15}$/.test(text)) {
    throw new RegistryError('parameter-invalid', {
      parameter: 'n',
      reason: 'it is not a whole number from 0 up',
    })
  }
  return Math.min(Number(text), limit)
}

/** The text of `last`; undefined where the list is wanted from its start. */
export function lastSeen(exchange: Exchange): string | undefined {
  return exchange.parameters.get('last') || undefined
}

/** The Link header to the page after `last` (RFC 8288): this request's own address, which keeps its filters, moved on. */
export function nextLink(exchange: Exchange, last: string): string[] {
  const parameters = new URLSearchParams(exchange.parameters)
  parameters.set('last', last)
  return ['Link', `<${exchange.path}?${parameters}>; rel="next"`]
}
