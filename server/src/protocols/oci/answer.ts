import type { Exchange } from '../../http/exchange.ts'
import { type HeaderList, send } from '../../http/send.ts'

/** Old Docker clients look for it on every answer under /v2 before they believe that this is a registry. */
export const apiVersion: readonly [string, string] = ['Docker-Distribution-API-Version', 'registry/2.0']

export function answer(
  exchange: Exchange,
  status: number,
  headers: HeaderList,
  body?: string | Uint8Array,
): void {
  headers.push(...apiVersion)
  send(exchange, status, headers, body)
}

export function answerJson(exchange: Exchange, value: unknown, headers: HeaderList = []): void {
  headers.push('Content-Type', 'application/json', 'Cache-Control', 'no-cache')
  answer(exchange, 200, headers, JSON.stringify(value))
}
