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

/** Bytes that the system has taken for the client since the connection began, and those that wait until it has room. */
export function takenOf(socket: Socket): { readonly taken: number; readonly waiting: number } {
  // Of TLS, those beneath: what it has encrypted counts as written long before it is.
  const handle = ((beneathTls(socket) ?? socket) as Working)._handle
  if (handle == null) return { taken: 0, waiting: 0 }
  const { bytesWritten, writeQueueSize } = handle
  return { taken: bytesWritten - writeQueueSize, waiting: writeQueueSize }
}

type Working = Socket & {
  readonly _httpMessage?: ServerResponse | null
  readonly _parent?: Socket
  /** What Node's own idle time looks at. */
  readonly _handle?: { readonly bytesWritten: number; readonly writeQueueSize: number } | null
}
