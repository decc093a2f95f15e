import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { installedTool, type Tool } from '../../../../conformance/kit/tool.ts'
import { freePort } from './free-port.ts'
import { type Program, startProgram } from './program.ts'

/** A Redis server of a test, which keeps everything in memory. Disposal ends it. */
export interface RedisServer extends AsyncDisposable {
  readonly port: number
  readonly url: string
  /** Without a chance to tidy up. */
  kill(): Promise<void>
  /** On the same port, empty, where it is not there already. */
  start(): Promise<void>
  /** It is there, and does nothing. */
  freeze(): void
  thaw(): void
}

export const redisTool: Tool = installedTool('redis-server')

export interface RedisServerOptions {
  readonly password?: string
  /** Files: it is reached by TLS alone. */
  readonly tls?: { readonly cert: string; readonly key: string }
}

export async function startRedisServer({ password, tls }: RedisServerOptions = {}): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), 'lading-redis-'))
  const port = await freePort()
  const args = [
    '--bind',
    '127.0.0.1',
    ...(tls === undefined ? ['--port', String(port)] : tlsArgs(port, tls)),
    ...(password === undefined ? [] : ['--requirepass', password]),
    '--save',
    '',
    '--appendonly',
    'no',
    '--dir',
    folder,
  ]
  const start = (): Promise<Program> => startProgram({ path: redisTool.path, args, cwd: folder, port })
  let program: Program | undefined = await start()
  return {
    port,
    url: `${tls === undefined ? 'redis' : 'rediss'}://${password === undefined ? '' : `:${password}@`}127.0.0.1:${port}`,
    kill: async () => {
      await program?.kill()
      program = undefined
    },
    start: async () => {
      program ??= await start()
    },
    freeze: () => program?.signal('SIGSTOP'),
    thaw: () => program?.signal('SIGCONT'),
    [Symbol.asyncDispose]: async () => {
      // One that was frozen hears nothing else.
      await program?.kill()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function tlsArgs(port: number, { cert, key }: NonNullable<RedisServerOptions['tls']>): string[] {
  const files = ['--tls-cert-file', cert, '--tls-key-file', key, '--tls-auth-clients', 'no']
  return ['--port', '0', '--tls-port', String(port), ...files]
}
