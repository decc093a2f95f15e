import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** Node keeps the answer that a connection is working on in this field; there is no public name for it. */
export function currentResponse(socket: Socket): ServerResponse | undefined {
  return (socket as Socket & { _httpMessage?: ServerResponse | null })._httpMessage ?? undefined
}
