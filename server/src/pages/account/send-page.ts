import type { Exchange } from '../../http/exchange.ts'
import { type HeaderList, send } from '../../http/send.ts'
import { pageHeaders, scriptedHeaders } from '../shared/layout.ts'

/** A document. `script`: the one that it runs, which stands in it. */
export type Shown = string | { readonly text: string; readonly script: string }

/** Nobody keeps it: it is of one person, at one moment. */
export function sendPage(
  exchange: Exchange,
  status: number,
  shown: Shown,
  more: readonly string[] = [],
): void {
  const [headers, text] =
    typeof shown === 'string' ? [pageHeaders, shown] : [scriptedHeaders(shown.script), shown.text]
  send(exchange, status, [...headers, 'Cache-Control', 'no-store', ...more], text)
}

export function redirect(exchange: Exchange, to: string, more: readonly string[]): void {
  const headers: HeaderList = ['Location', to, 'Cache-Control', 'no-store', ...more]
  send(exchange, 303, headers)
}
