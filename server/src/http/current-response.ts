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

type Working = Socket & { readonly _httpMessage?: ServerResponse | null }
