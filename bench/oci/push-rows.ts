import { tmpdir } from 'node:os'
import { oneConnection } from '../load/exchange.ts'
import type { Done } from '../load/plan.ts'
import { pushArtifact, pushBlob } from '../load/push.ts'
import { runGenerator } from '../load/run-generator.ts'
import { freshFolder } from '../process/folder.ts'
import { runProgram } from '../process/run-program.ts'
import type { Running } from '../process/serve.ts'
import { type Measured, type Row, WrongAnswer } from '../session/row.ts'
import { type Content, largeBytes, makeArtifact, manifestType } from './content.ts'
import { expectAnswer } from './expect-answer.ts'
import { flushingPeers, writing } from './target-names.ts'

const artifactClients = 16
const layerBytes = 4096
const megabyte = 1e6
const fresh =
  'Every measurement has a server of its own with an empty folder; the disk is quiet when it begins.'

export const pushRows: readonly Row[] = [largePush(1), largePush(4), artifactPush()]

function largePush(clients: number): Row {
  return {
    name: `blob push, 100 MiB, ${clients === 1 ? '1 client' : `${clients} clients`}`,
    unit: 'MB/s',
    better: 'more',
    targets: writing,
    goal: {
      all: [
        { times: 1, against: flushingPeers },
        { times: 0.8, against: ['bare'] },
      ],
    },
    about: fresh,
    async check(target) {
      await checkPush(target, [target.seed.large])
    },
    async measure(target, seconds) {
      const done = await onFreshServer(target, ({ origin }) =>
        runGenerator({ kind: 'push-blobs', origin, clients, seconds, bytes: largeBytes }),
      )
      return done.bytes / done.seconds / megabyte
    },
  }
}

function artifactPush(): Row {
  return {
    name: `artifact push, a manifest and two blobs, ${artifactClients} clients`,
    unit: 'artifacts/s',
    better: 'more',
    targets: writing,
    goal: { times: 2, against: flushingPeers },
    about: `${fresh} Each client pushes into a repository of its own.`,
    async check(target) {
      await checkPush(target, [])
    },
    async measure(target, seconds) {
      const done = await onFreshServer(target, ({ origin }) =>
        runGenerator({
          kind: 'push-artifacts',
          origin,
          clients: artifactClients,
          seconds,
          bytes: layerBytes,
        }),
      )
      return done.times / done.seconds
    },
  }
}

/** What was pushed, an artifact and more blobs, comes back as it was. */
async function checkPush({ ready }: Measured, more: readonly Content[]): Promise<void> {
  await using folder = await freshFolder()
  await using server = await ready.start(folder.path)
  const { origin } = server
  const agent = oneConnection()
  const repository = 'bench/check'
  const artifact = makeArtifact(layerBytes)
  try {
    await pushArtifact({ agent, origin, repository }, 'v1', artifact)
    for (const { digest, bytes } of more) await pushBlob({ agent, origin, repository }, digest, [bytes])
  } catch (error) {
    throw new WrongAnswer((error as Error).message, { cause: error })
  } finally {
    agent.destroy()
  }
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

async function onFreshServer(target: Measured, work: (server: Running) => Promise<Done>): Promise<Done> {
  // What others have written is on the disk before, so that nobody pays for it here.
  await runProgram('sync', ['-f', tmpdir()])
  await using folder = await freshFolder()
  await using server = await target.ready.start(folder.path)
  return await work(server)
}
