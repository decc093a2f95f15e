import type { Exchange } from '../../http/exchange.ts'
import { type HeaderList, send } from '../../http/send.ts'

/** What is answered differs by who asks, and by the moment. */
export function answerJson(exchange: Exchange, status: number, value: object, more: HeaderList = []): void {
  const headers = [
    ...['Content-Type', 'application/json', 'Cache-Control', 'private, no-store', 'Vary', 'Authorization'],
    ...['X-Content-Type-Options', 'nosniff'],
    ...more,
  ]
  send(exchange, status, headers, JSON.stringify(value))
}

export function answerNothing(exchange: Exchange): void {
  send(exchange, 204, ['Cache-Control', 'private, no-store'], '')
}
