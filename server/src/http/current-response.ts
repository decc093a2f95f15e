import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** Node keeps the answer that a connection is working on in this field; there is no public name for it. */
export function currentResponse(socket: Socket): ServerResponse | undefined {
  return (socket as Working)._httpMessage ?? undefined
}

/** The connection has had an answer, and nothing else is under way. */
export function isBetweenRequests(socket: Socket): boolean {
  return (socket as Working)._httpMessage === null
}

/** The connection that TLS is spoken over; there is no public name for it either. */
export function beneathTls(socket: Socket): Socket | undefined {
  return (socket as Working)._parent
}

type Working = Socket & { readonly _httpMessage?: ServerResponse | null; readonly _parent?: Socket }
