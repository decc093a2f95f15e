import { join } from 'node:path'
import { type Answer, type Asking, exchange, oneConnection } from '../load/exchange.ts'
import { pushArtifact } from '../load/push.ts'
import { type Content, makeArtifact } from '../oci/content.ts'
import { freshFolder } from '../process/folder.ts'
import { freePort } from '../process/free-port.ts'
import { serve } from '../process/serve.ts'
import { WrongAnswer } from '../session/row.ts'
import { ladingLauncher } from '../targets/lading.ts'
import { runTask } from './run-task.ts'

// Nobody's namespace: everybody may pull from it, and whoever has the first account may push.
const repository = 'shared/app'
const tag = 'v1'
const layerBytes = 1_024

export const scope: string = `repository:${repository}:pull`
/** Where a token for the repository is had. */
export const tokenPath: string = `/token?service=lading&scope=${encodeURIComponent(scope)}`
export const manifestPath: string = `/v2/${repository}/manifests/${tag}`

/** A Lading as its package has it, with an account that has a key, and an artifact. Disposal ends it. */
export interface AccountedServer extends AsyncDisposable {
  readonly origin: string
  /** The key, as an Authorization header. */
  readonly basic: string
  readonly manifest: Content
}

export async function accountedServer(): Promise<AccountedServer> {
  await using stack = new AsyncDisposableStack()
  const { path: folder } = stack.use(await freshFolder())
  const data = join(folder, 'data')
  const { key } = (await runTask({ do: 'make-account', folder: data })) as { readonly key: string }
  const [launcher, port] = [await ladingLauncher(), await freePort()]
  const args = [launcher, 'serve', '--listen', `127.0.0.1:${port}`, '--data', data]
  const { origin } = stack.use(await serve({ program: process.execPath, args, folder, port }))
  const basic = `Basic ${Buffer.from(`bench:${key}`).toString('base64')}`
  const artifact = makeArtifact(layerBytes)
  const ask = (asking: Asking): Promise<Answer> =>
    askOnce({ ...asking, headers: { ...asking.headers, authorization: basic } })
  await pushArtifact({ ask, origin, repository }, tag, artifact)
  const all = stack.move()
  const { manifest } = artifact
  return { origin, basic, manifest, [Symbol.asyncDispose]: () => all.disposeAsync() }
}

/** An access token to pull from the repository, as clients get it. */
export async function newToken({ origin, basic }: AccountedServer): Promise<string> {
  const url = new URL(tokenPath, origin)
  const { status, body } = await askOnce({ method: 'GET', url, headers: { authorization: basic } })
  const answer: unknown = status === 200 ? JSON.parse(body.toString('utf8')) : undefined
  const { token } = (answer ?? {}) as { readonly token?: unknown }
  if (typeof token === 'string') return token
  throw new WrongAnswer(`/token answered ${status}: ${body.toString('utf8', 0, 200)}`)
}

/** Processor time of the whole server so far, in seconds. */
export async function processorSeconds({ origin }: AccountedServer): Promise<number> {
  const { body } = await askOnce({ method: 'GET', url: new URL('/metrics', origin) })
  const found = /^process_cpu_seconds_total (\S+)$/m.exec(body.toString('utf8'))?.[1]
  if (found === undefined) throw new WrongAnswer('/metrics has no process_cpu_seconds_total')
  return Number(found)
}

export async function askOnce(asking: Asking): Promise<Answer> {
  const agent = oneConnection()
  try {
    return await exchange(agent, asking)
  } finally {
    agent.destroy()
  }
}
