import { createHash, type Hash, randomFillSync, randomUUID } from 'node:crypto'
import { makeArtifact } from '../oci/content.ts'
import { download } from './download.ts'
import { oneConnection } from './exchange.ts'
import type { Done, Plan } from './plan.ts'
import { pushArtifact, pushBlob, type Where } from './push.ts'

/** The program of the load generator: a plan as its one argument, what was done as its one line. */
console.log(JSON.stringify(await carryOut(JSON.parse(process.argv[2] ?? '') as Plan)))

async function carryOut(plan: Plan): Promise<Done> {
  switch (plan.kind) {
    case 'push-blobs':
      return await pushBlobs(plan)
    case 'push-artifacts':
      return await pushArtifacts(plan)
    case 'download': {
      const { done, seconds } = await timed(() =>
        download(plan.origin, plan.path, plan.bytes, plan.seconds * 1000),
      )
      return { ...done, seconds }
    }
  }
}

/** All blobs but for their last bytes are the same, so that none is known yet and their digests cost the client nothing. */
async function pushBlobs({ origin, clients, seconds, bytes }: Plan & { clients: number }): Promise<Done> {
  const tailBytes = randomUUID().length
  const common = randomFillSync(Buffer.alloc(bytes - tailBytes))
  const hash: Hash = createHash('sha256').update(common)
  return await eachClient({ clients, seconds, bytes }, async (client) => {
    const tail = Buffer.from(randomUUID())
    const digest = `sha256:${hash.copy().update(tail).digest('hex')}`
    await pushBlob({ ...client, origin }, digest, [common, tail])
  })
}

async function pushArtifacts({ origin, clients, seconds, bytes }: Plan & { clients: number }): Promise<Done> {
  return await eachClient({ clients, seconds, bytes }, async (client, turn) => {
    await pushArtifact({ ...client, origin }, `v${turn}`, makeArtifact(bytes))
  })
}

type Client = Omit<Where, 'origin'>

/** Every client does its work again and again until the time is over, at least once, each in a repository of its own. */
async function eachClient(
  { clients, seconds, bytes }: { clients: number; seconds: number; bytes: number },
  work: (client: Client, turn: number) => Promise<void>,
): Promise<Done> {
  const all = Array.from({ length: clients }, (_, at): Client => {
    return { agent: oneConnection(), repository: `bench/client-${at}` }
  })
  const { done: turns, seconds: took } = await timed(async () => {
    const end = performance.now() + seconds * 1000
    return await Promise.all(
      all.map(async (client) => {
        let turn = 0
        do {
          await work(client, turn)
          turn += 1
        } while (performance.now() < end)
        return turn
      }),
    )
  })
  for (const { agent } of all) agent.destroy()
  const times = turns.reduce((sum, each) => sum + each, 0)
  return { times, bytes: times * bytes, seconds: took }
}

async function timed<T>(work: () => Promise<T>): Promise<{ done: T; seconds: number }> {
  const begun = performance.now()
  const done = await work()
  return { done, seconds: (performance.now() - begun) / 1000 }
}
