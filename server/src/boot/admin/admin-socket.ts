import { chmod, unlink } from 'node:fs/promises'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { createOperatorDoor, type OperatorLog } from '../../api/operator/door.ts'
import { Exchange } from '../../http/exchange.ts'
import { nodeHttp } from '../../http/node-http.ts'
import { createRequestIds } from '../../http/request-id.ts'
import { createRouter } from '../../http/router.ts'
import type { Operator } from '../operator.ts'
import { atShortPath } from './short-path.ts'

/** Where a running server hears its operator. */
export function adminSocketOf(data: string): string {
  return join(data, 'admin.sock')
}

export interface AdminSocket {
  /** Cuts short what runs for an operator, and takes the socket away. */
  close(): Promise<void>
}

export interface AdminParts {
  /** The data folder, whose lock is held: what stands at the socket's place is left by a dead server. */
  readonly data: string
  /** Asked when somebody comes. */
  readonly operator: () => Promise<Operator>
  readonly log: OperatorLog
  readonly now: () => number
  /** How many milliseconds what runs for an operator may take to end, once it was cut short. */
  readonly graceMs: number
}

/** Listens in the data folder, for its owner alone. Rejects where its file system has no sockets. */
export async function openAdminSocket(parts: AdminParts): Promise<AdminSocket> {
  const { data, operator, log, now, graceMs } = parts
  const door = createOperatorDoor(operator, log, now)
  const route = createRouter([door], log.error.bind(log))
  const requestId = createRequestIds()
  const server = nodeHttp.createServer((request: IncomingMessage, response: ServerResponse) => {
    route(new Exchange(request, response, requestId(undefined), false))
  })
  // Work may go on for days without a byte: whoever waits for it is on the same machine, and seen to leave.
  server.timeout = 0
  const path = adminSocketOf(data)
  await unlinkIfThere(path)
  await atShortPath(path, (short) => listenAt(server, short))
  await chmod(path, ownerOnly)
  const close = async (): Promise<void> => {
    const ended = new Promise<void>((resolve) => server.close(() => resolve()))
    await unlinkIfThere(path)
    await door.stop(graceMs)
    server.closeIdleConnections()
    const late = setTimeout(() => server.closeAllConnections(), answerMs)
    await ended
    clearTimeout(late)
  }
  let closed: Promise<void> | undefined
  return { close: () => (closed ??= close()) }
}

const ownerOnly = 0o600
/** For the last line of what was cut short to be read. */
const answerMs = 500

/** No other user can connect in the moment between: the socket is made with the rights that it keeps. */
function listenAt(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    const usual = process.umask(0o077)
    try {
      server.listen({ path }, () => {
        server.off('error', reject)
        resolve()
      })
    } finally {
      process.umask(usual)
    }
  })
}

async function unlinkIfThere(path: string): Promise<void> {
  await unlink(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
  })
}
