import type { IncomingMessage } from 'node:http'
import { connect, type Socket } from 'node:net'
import { adminSocketOf } from '../boot/admin/admin-socket.ts'
import { atShortPath } from '../boot/admin/short-path.ts'
import type { Operation, OperationName, Operator, OptionsOf, ReportOf } from '../boot/operator.ts'
import type { Progress, Step } from '../core/ledger/progress.ts'
import { nodeHttp } from '../http/node-http.ts'
import { Failure } from './failure.ts'

/**
 * The operator of the server that runs on a data folder; each call is a connection of its own. undefined: nobody listens
 * there. @throws Failure where somebody does, and does not let this user in
 */
export async function connectAdmin(data: string): Promise<Operator | undefined> {
  const path = adminSocketOf(data)
  const first = await dial(path)
  if (first === undefined) return undefined
  first.destroy()
  const ask = async <T>(call: Call): Promise<T> => (await exchange(path, call)) as T
  const operation =
    <N extends OperationName>(name: N): Operation<OptionsOf<N>, ReportOf<N>> =>
    (options, progress, signal) =>
      ask({ method: 'POST', path: `/${name}`, body: options, progress, signal })
  return {
    gc: operation('gc'),
    backup: operation('backup'),
    copy: operation('copy'),
    reindex: operation('reindex'),
    scrub: operation('scrub'),
    verifyAudit: operation('verifyAudit'),
    audit: {
      list: (query) => ask({ method: 'POST', path: '/audit', body: query, ...unwatched }),
      heads: (limit) => ask({ method: 'POST', path: '/audit-heads', body: { limit }, ...unwatched }),
    },
    export: operation('export'),
    import: operation('import'),
    seed: operation('seed'),
    status: () => ask({ method: 'GET', path: '/status', ...unwatched }),
    jobs: {
      dead: () => ask({ method: 'GET', path: '/jobs', ...unwatched }),
      revive: (ids) => ask({ method: 'POST', path: '/jobs', body: { revive: ids }, ...unwatched }),
    },
    setUpLink: () => ask({ method: 'POST', path: '/setup-link', ...unwatched }),
    resetLink: (user, options) =>
      ask({ method: 'POST', path: '/reset-link', body: { user, ...options }, ...unwatched }),
  }
}

const unwatched = { progress: () => undefined, signal: new AbortController().signal }

interface Call {
  readonly method: string
  readonly path: string
  readonly body?: unknown
  readonly progress: Progress
  readonly signal: AbortSignal
}

/** A server that died leaves its socket behind, to which nobody answers. */
async function dial(path: string): Promise<Socket | undefined> {
  try {
    return await atShortPath(path, connected)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ECONNREFUSED' || code === 'ENOTDIR') return undefined
    if (code === 'EACCES' || code === 'EPERM') {
      throw new Failure(
        `${path} is for the user that the server runs as, and this is another: run the command as that user, with sudo -u`,
      )
    }
    throw new Failure(`${path} cannot be reached: ${(error as Error).message}`)
  }
}

function connected(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path })
    socket.once('error', reject)
    socket.once('connect', () => {
      socket.off('error', reject)
      resolve(socket)
    })
  })
}

interface Line {
  readonly progress?: Step
  readonly result?: unknown
  readonly error?: { readonly code: string; readonly message: string }
}

async function exchange(
  path: string,
  { method, path: target, body, progress, signal }: Call,
): Promise<unknown> {
  signal.throwIfAborted()
  const socket = await dial(path)
  if (socket === undefined) throw new Failure('the server has just stopped')
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const sent = nodeHttp.request(
    { method, path: target, createConnection: () => socket, headers: { host: 'lading' }, signal },
    resolve,
  )
  sent.on('error', reject)
  sent.end(body === undefined ? undefined : JSON.stringify(body))
  try {
    for await (const text of linesOf(await promise)) {
      const line = JSON.parse(text) as Line
      if (line.progress !== undefined) progress(line.progress)
      else if (line.error !== undefined) throw new Failure(line.error.message)
      else return line.result
    }
  } catch (error) {
    if (error instanceof Failure) throw error
    signal.throwIfAborted()
    throw new Failure(`the server broke off: ${(error as Error).message}`, undefined, { cause: error })
  } finally {
    sent.destroy()
  }
  signal.throwIfAborted()
  throw new Failure('the server ended before it had answered; what it had done by then stays done')
}

/** The last one may lack its end. */
async function* linesOf(response: IncomingMessage): AsyncGenerator<string, void> {
  response.setEncoding('utf8')
  let begun = ''
  for await (const text of response as AsyncIterable<string>) {
    const lines = (begun + text).split('\n')
    begun = lines.pop() ?? ''
    yield* lines
  }
  if (begun !== '') yield begun
}
