import { type Asking, exchange, oneConnection } from '../load/exchange.ts'
import { pushArtifact, pushBlob } from '../load/push.ts'
import { runGenerator } from '../load/run-generator.ts'
import { freshFolder } from '../process/folder.ts'
import { type Measured, type Row, WrongAnswer } from '../session/row.ts'
import { sink } from '../targets/bare.ts'
import { type Content, largeBytes, makeArtifact, manifestType } from './content.ts'
import { expectAnswer } from './expect-answer.ts'
import { freshServer, freshServerTakes, quietDisk } from './fresh-server.ts'
import { bareLoops, bulkWriting, flushingBulk, flushingPeers, writing } from './target-names.ts'

const artifactClients = 16
const artifactWarmSeconds = 0.7
const layerBytes = 4096
const megabyte = 1e6
/** Seconds for one of 100 MiB, roughly. */
const largePushTakes = 0.4
const generatorTakes = 0.3
const honest =
  'The disk is quiet when a measurement begins, and what its first second brings does not count. `sink` keeps nothing: it shows how far the client would go.'

export const pushRows: readonly Row[] = [largePush(1), largePush(4), artifactPush()]

function largePush(clients: number): Row {
  return {
    name: `blob push, 100 MiB, ${clients === 1 ? '1 client' : `${clients} clients`}`,
    targets: bulkWriting,
    about: `${honest} Every measurement has a server of its own with an empty folder.`,
    figures: [
      {
        id: 'rate',
        name: 'rate',
        unit: 'MB/s',
        better: 'more',
        goal: {
          all: [
            { times: 1, against: flushingBulk },
            { times: 0.8, against: bareLoops },
          ],
        },
      },
    ],
    checkTakes: freshServerTakes + largePushTakes,
    // The first pushes of the clients come before the time, and the last ones go on when it is over.
    takes: (seconds) => freshServerTakes + seconds + 2 * clients * largePushTakes,
    async check(target) {
      await checkPush(target, [target.seed.large])
    },
    async measure(target, seconds) {
      await quietDisk()
      await using server = await freshServer(target)
      const done = await runGenerator({
        kind: 'push-blobs',
        origin: server.origin,
        clients,
        // One push of each client.
        warmSeconds: 0,
        seconds,
        bytes: largeBytes,
      })
      return { rate: done.bytes / done.seconds / megabyte }
    },
  }
}

function artifactPush(): Row {
  return {
    name: `artifact push, a manifest and two blobs, ${artifactClients} clients`,
    targets: writing,
    about: `${honest} Each client pushes into a repository of its own, small blobs of ${layerBytes} bytes that were not seen before.`,
    figures: [
      {
        id: 'rate',
        name: 'rate',
        unit: 'artifacts/s',
        better: 'more',
        goal: { times: 2, against: flushingPeers },
      },
    ],
    checkTakes: 2 * freshServerTakes,
    takes: (seconds) => generatorTakes + artifactWarmSeconds + seconds,
    async check(target) {
      await checkPush(target, [])
    },
    async measure(target, seconds) {
      const { origin } = await target.once(() => freshServer(target))
      await quietDisk()
      const done = await runGenerator({
        kind: 'push-artifacts',
        origin,
        clients: artifactClients,
        warmSeconds: artifactWarmSeconds,
        seconds,
        bytes: layerBytes,
      })
      return { rate: done.times / done.seconds }
    },
  }
}

/** What was pushed, an artifact and more blobs, comes back as it was. */
async function checkPush({ name, ready }: Measured, more: readonly Content[]): Promise<void> {
  await using folder = await freshFolder()
  await using server = await ready.start(folder.path)
  const { origin } = server
  const agent = oneConnection()
  const ask = (asking: Asking): ReturnType<typeof exchange> => exchange(agent, asking)
  const repository = 'bench/check'
  const artifact = makeArtifact(layerBytes)
  try {
    await pushArtifact({ ask, origin, repository }, 'v1', artifact)
    for (const { digest, bytes } of more) await pushBlob({ ask, origin, repository }, digest, [bytes])
  } catch (error) {
    throw new WrongAnswer((error as Error).message, { cause: error })
  } finally {
    agent.destroy()
  }
  if (name === sink.name) return
  const named = [
    ...[...artifact.blobs, ...more].map((blob) => ({ path: `blobs/${blob.digest}`, content: blob })),
    { path: 'manifests/v1', content: artifact.manifest },
  ]
  for (const { path, content } of named) {
    const url = new URL(`/v2/${repository}/${path}`, origin)
    const accept = path.startsWith('blobs') ? '*/*' : manifestType
    const { digest, bytes } = content
    await expectAnswer({ method: 'GET', url, headers: { accept } }, { digest, length: bytes.length })
  }
}
