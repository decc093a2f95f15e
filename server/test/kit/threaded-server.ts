import { mkdtemp, rm } from 'node:fs/promises'
import { Agent } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Answer, type Ask, ask } from './http-client.ts'
import { machineEnvironment } from './machine-environment.ts'
import { type SpawnedServer, spawnServer } from './spawned-server.ts'
import { until } from './until.ts'

const launcher = join(import.meta.dirname, '../../bin/lading.js')
const connectionsTried = 200

export interface ThreadedOptions {
  readonly threads: number
  readonly env?: NodeJS.ProcessEnv
  /** Of Node, before the program. */
  readonly nodeFlags?: readonly string[]
}

/** One connection that stays open, and so belongs to one thread of the server. */
export interface Connection {
  ask(request: Omit<Ask, 'agent'>): Promise<Answer>
}

/** A server in a process of its own, all of whose threads listen. */
export interface ThreadedServer extends AsyncDisposable {
  readonly spawned: SpawnedServer
  readonly folder: string
  /** A connection to each thread. */
  readonly connections: readonly Connection[]
}

export async function startThreaded({
  threads,
  env = {},
  nodeFlags = [],
}: ThreadedOptions): Promise<ThreadedServer> {
  const folder = await mkdtemp(join(tmpdir(), 'lading-threads-'))
  const spawned = await spawnThreaded(folder, '127.0.0.1:0', {
    env: { ...env, LADING_THREADS: String(threads) },
    nodeFlags,
  })
  const agents: Agent[] = []
  try {
    await until(async () => threads === 1 || spawned.printed().includes(`"threads":${threads},`))
    return {
      spawned,
      folder,
      connections: await connectionToEach(spawned.url, threads, agents),
      [Symbol.asyncDispose]: async () => {
        for (const agent of agents) agent.destroy()
        spawned[Symbol.dispose]()
        await rm(folder, { recursive: true, force: true })
      },
    }
  } catch (error) {
    spawned[Symbol.dispose]()
    throw error
  }
}

export async function spawnThreaded(
  folder: string,
  listen: string,
  { env, nodeFlags = [] }: { readonly env: NodeJS.ProcessEnv; readonly nodeFlags?: readonly string[] },
): Promise<SpawnedServer> {
  const args = [...nodeFlags, launcher, 'serve', '--listen', listen, '--data', join(folder, 'data')]
  return await spawnServer(process.execPath, args, {
    cwd: folder,
    env: { ...machineEnvironment(folder), LADING_LOG_FORMAT: 'json', ...env },
  })
}

/** Ids of requests begin alike where one thread has made them. */
export function threadOf(answer: Answer): string {
  return String(answer.headers['x-request-id']).replace(/-[^-]*$/, '')
}

async function connectionToEach(url: string, threads: number, agents: Agent[]): Promise<Connection[]> {
  const found = new Map<string, Connection>()
  for (let tried = 0; found.size < threads; tried++) {
    if (tried === connectionsTried) throw new Error(`${tried} connections met ${found.size} threads only`)
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const connection: Connection = { ask: (request) => ask(url, { ...request, agent }) }
    const thread = threadOf(await connection.ask({ path: '/v2/' }))
    if (found.has(thread)) agent.destroy()
    else {
      agents.push(agent)
      found.set(thread, connection)
    }
  }
  return [...found.values()]
}
