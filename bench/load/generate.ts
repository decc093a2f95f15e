import { createHash, type Hash, randomFillSync, randomUUID } from 'node:crypto'
import { makeArtifact } from '../oci/content.ts'
import { askAgain } from './ask-again.ts'
import { download } from './download.ts'
import { logIn } from './log-in.ts'
import type { Done, Plan } from './plan.ts'
import { pushArtifact, pushBlob, type Where } from './push.ts'
import { RawConnection } from './raw-connection.ts'

/** The program of the load generator: a plan as its one argument, what was done as its one line. */
console.log(JSON.stringify(await carryOut(JSON.parse(process.argv[2] ?? '') as Plan)))

async function carryOut(plan: Plan): Promise<Done> {
  switch (plan.kind) {
    case 'push-blobs':
      return await pushBlobs(plan)
    case 'push-artifacts':
      return await pushArtifacts(plan)
    case 'ask':
      return await askAgain(plan)
    case 'log-in':
      return await logIn(plan)
    case 'download': {
      const { done, seconds } = await timed(() =>
        download(plan.origin, plan.path, plan.bytes, plan.seconds * 1000),
      )
      return { ...done, seconds }
    }
  }
}

type Pushing = Extract<Plan, { kind: 'push-blobs' | 'push-artifacts' }>

/** All blobs but for their last bytes are the same, so that none is known yet and their digests cost the client nothing. */
async function pushBlobs(plan: Pushing): Promise<Done> {
  const tailBytes = randomUUID().length
  const common = randomFillSync(Buffer.alloc(plan.bytes - tailBytes))
  const hash: Hash = createHash('sha256').update(common)
  return await eachClient(plan, async (client) => {
    const tail = Buffer.from(randomUUID())
    const digest = `sha256:${hash.copy().update(tail).digest('hex')}`
    await pushBlob(client, digest, [common, tail])
  })
}

async function pushArtifacts(plan: Pushing): Promise<Done> {
  return await eachClient(plan, async (client, turn) => {
    await pushArtifact(client, `v${turn}`, makeArtifact(plan.bytes))
  })
}

/** Every client does its work again and again until the time is over, at least once, each in a repository of its own. */
async function eachClient(
  { origin, clients, warmSeconds, seconds, bytes }: Pushing,
  work: (client: Where, turn: number) => Promise<void>,
): Promise<Done> {
  // What was pushed before to the same server is none of ours.
  const group = randomUUID()
  const connections = Array.from({ length: clients }, () => new RawConnection(origin))
  const all = connections.map(({ ask }, at) => {
    return { where: { ask, origin, repository: `${group}/client-${at}` }, turn: 0 }
  })
  const run = async (lasting: number): Promise<number> => {
    const end = performance.now() + lasting * 1000
    const counts = await Promise.all(
      all.map(async (client) => {
        let count = 0
        do {
          await work(client.where, client.turn++)
          count += 1
        } while (performance.now() < end)
        return count
      }),
    )
    return counts.reduce((sum, each) => sum + each, 0)
  }
  await run(warmSeconds)
  const { done: times, seconds: took } = await timed(() => run(seconds))
  for (const connection of connections) connection.close()
  return { times, bytes: times * bytes, seconds: took }
}

async function timed<T>(work: () => Promise<T>): Promise<{ done: T; seconds: number }> {
  const begun = performance.now()
  const done = await work()
  return { done, seconds: (performance.now() - begun) / 1000 }
}
