import { installedTool, type Tool } from '../../../../conformance/kit/tool.ts'
import { freePort } from './free-port.ts'
import { type Program, startProgram } from './program.ts'

/** A Memcached server of a test. Disposal ends it. */
export interface MemcachedServer extends AsyncDisposable {
  readonly port: number
  readonly address: string
  /** Without a chance to tidy up. */
  kill(): Promise<void>
  /** On the same port, empty, where it is not there already. */
  start(): Promise<void>
  /** It is there, and does nothing. */
  freeze(): void
  thaw(): void
}

export interface MemcachedServerOptions {
  /** The largest that it keeps, its own bookkeeping included, as `-I` has it. */
  readonly itemSize?: string
}

export const memcachedTool: Tool = installedTool('memcached')

export async function startMemcachedServer({
  itemSize = '2m',
}: MemcachedServerOptions = {}): Promise<MemcachedServer> {
  const port = await freePort()
  // Nobody by name: the program refuses to run as root.
  const args = ['-l', '127.0.0.1', '-p', String(port), '-U', '0', '-u', 'nobody', '-I', itemSize]
  const start = (): Promise<Program> => startProgram({ path: memcachedTool.path, args, port })
  let program: Program | undefined = await start()
  return {
    port,
    address: `127.0.0.1:${port}`,
    kill: async () => {
      await program?.kill()
      program = undefined
    },
    start: async () => {
      program ??= await start()
    },
    freeze: () => program?.signal('SIGSTOP'),
    thaw: () => program?.signal('SIGCONT'),
    [Symbol.asyncDispose]: async () => program?.kill(),
  }
}
