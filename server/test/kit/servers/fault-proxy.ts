import { installedTool, type Tool } from '../../../../conformance/kit/tool.ts'
import { freePort } from './free-port.ts'
import { type Program, startProgram } from './program.ts'

/** What goes to the server is `up`, what comes from it `down`. */
export type Direction = 'up' | 'down'

/** A connection to a server that can be spoilt. Every fault lasts until `recover`. */
export interface FaultProxy {
  readonly host: '127.0.0.1'
  readonly port: number
  /** Ends all connections, and refuses new ones. */
  cut(): Promise<void>
  /** Each chunk comes this many ms later. */
  latency(ms: number, direction?: Direction): Promise<void>
  /** Nothing arrives any more, and nobody is told: also of new connections, which are accepted. */
  blackHole(direction?: Direction): Promise<void>
  /** Each connection is ended after this many bytes, counted from now on for those that are open. */
  cutAfter(bytes: number, direction?: Direction): Promise<void>
  recover(): Promise<void>
}

/** One program for all proxies of a test file. Disposal ends it, and all connections. */
export interface FaultProxies extends AsyncDisposable {
  /** @param upstream `host:port` */
  add(upstream: string): Promise<FaultProxy>
}

export const faultProxyTool: Tool = installedTool('toxiproxy')

/** Throws where toxiproxy is not there: look at `faultProxyTool.skip` before. */
export async function startFaultProxies(): Promise<FaultProxies> {
  if (faultProxyTool.skip !== false) throw new Error(faultProxyTool.skip)
  const port = await freePort()
  const program: Program = await startProgram({
    path: faultProxyTool.path,
    args: ['-host', '127.0.0.1', '-port', String(port)],
    port,
  })
  const call = async (method: string, path: string, body?: object): Promise<unknown> => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: { 'user-agent': 'lading-tests', 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
    return text === '' ? undefined : JSON.parse(text)
  }
  let added = 0
  return {
    add: async (upstream) => {
      const name = `p${++added}`
      const listen = await freePort()
      await call('POST', '/proxies', { name, upstream, listen: `127.0.0.1:${listen}`, enabled: true })
      return proxyOf(name, listen, call)
    },
    [Symbol.asyncDispose]: () => program.stop(),
  }
}

type Call = (method: string, path: string, body?: object) => Promise<unknown>

function proxyOf(name: string, port: number, call: Call): FaultProxy {
  const own = `/proxies/${name}`
  const toxic = async (type: string, direction: Direction, attributes: object): Promise<void> => {
    await call('POST', `${own}/toxics`, { type, stream: `${direction}stream`, attributes })
  }
  return {
    host: '127.0.0.1',
    port,
    cut: async () => {
      await call('POST', own, { enabled: false })
    },
    latency: (ms, direction = 'down') => toxic('latency', direction, { latency: ms }),
    blackHole: async (direction) => {
      for (const each of direction === undefined ? (['up', 'down'] as const) : [direction])
        await toxic('timeout', each, { timeout: 0 })
    },
    cutAfter: (bytes, direction = 'down') => toxic('limit_data', direction, { bytes }),
    recover: async () => {
      const toxics = (await call('GET', `${own}/toxics`)) as readonly { readonly name: string }[]
      for (const each of toxics) await call('DELETE', `${own}/toxics/${each.name}`)
      await call('POST', own, { enabled: true })
    },
  }
}
