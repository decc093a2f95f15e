import { Agent } from 'node:http'
import { parentPort, workerData } from 'node:worker_threads'
import { digestOf } from '../../src/domain/digest-of.ts'
import { ask } from './http-client.ts'
import { now, type Pull, type Pulled, type PullerSays, type PullingThread } from './pull-while.ts'

/** So many of each puller before the change, and so many that begin after its answer. */
const wanted = 2

const { urls, pullers, pulls, changed } = workerData as PullingThread
const agents = new Map(urls.map((url) => [url, new Agent({ keepAlive: true, maxSockets: pullers })]))
const pulled: Pulled[] = []
const say = (says: PullerSays): void => parentPort?.postMessage(says)

async function pullOn(n: number): Promise<void> {
  const url = urls[n % urls.length] ?? ''
  const agent = agents.get(url) as Agent
  for (let late = 0, turn = Math.floor(n / urls.length); late < wanted; turn++) {
    const pull = turn % pulls.length
    const isLate = Atomics.load(changed, 0) !== 0n
    const began = now()
    const { status, body } = await ask(url, { ...(pulls[pull] as Pull), agent })
    pulled.push({ pull, url, began, ended: now(), status, digest: digestOf(body), length: body.length })
    if (pulled.length === wanted * pullers) say({ all: 'pull' })
    if (isLate) late++
  }
}

await Promise.all(Array.from({ length: pullers }, (_, n) => pullOn(n)))
for (const agent of agents.values()) agent.destroy()
say({ pulled })
