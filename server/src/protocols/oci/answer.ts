import type { Exchange } from '../../http/exchange.ts'
import { type HeaderList, send } from '../../http/send.ts'

/**
 * On every answer under /v2. Old Docker clients look for the version before they believe that this is a registry. What
 * is answered was pushed by somebody, and a browser must not take it for another type than it is told.
 */
export const everyAnswer: readonly string[] = [
  'Docker-Distribution-API-Version',
  'registry/2.0',
  'X-Content-Type-Options',
  'nosniff',
]

export function answer(
  exchange: Exchange,
  status: number,
  headers: HeaderList,
  body?: string | Uint8Array,
): void {
  headers.push(...everyAnswer)
  send(exchange, status, headers, body)
}

export function answerJson(exchange: Exchange, value: unknown, headers: HeaderList = []): void {
  headers.push('Content-Type', 'application/json', 'Cache-Control', 'no-cache')
  answer(exchange, 200, headers, JSON.stringify(value))
}
