import { randomBytes, randomUUID } from 'node:crypto'
import { exchange, oneConnection } from '../../load/exchange.ts'
import { pushBlob } from '../../load/push.ts'
import { runGenerator } from '../../load/run-generator.ts'
import { type Content, contentOf } from '../../oci/content.ts'
import { expectAnswer } from '../../oci/expect-answer.ts'
import { quietDisk } from '../../oci/fresh-server.ts'
import type { Row, Values } from '../../session/row.ts'
import type { Goal } from '../../statistics/goal.ts'
import { partBytes, partsInFlight } from '../layers/s3-layer.ts'
import { measureTask } from '../run-task.ts'
import { freshBucket } from '../servers/fresh-places.ts'
import { hostServers } from '../servers/hosted.ts'
import { ladingServers } from '../servers/lading-servers.ts'
import type { S3LayerName } from '../task.ts'
import { nothingToCheck, rate, startTakes } from './figures.ts'
import type { Sizes } from './sizes.ts'

/** Through HTTP. */
export const serverName = 'lading server'
const megabyte = 1e6
const mebibyte = 1024 * 1024
/** Seconds, roughly, for one push. */
const pushTakes = 1
const goal: Goal = { times: 0.8, against: ['sdk'] }

export function blobRows(sizes: Sizes): readonly Row[] {
  const mib = Math.round(sizes.bytes / mebibyte)
  return (['push', 'pull'] as const).flatMap((way) => [
    row(sizes, { way, name: `blob ${way}, ${mib} MiB, S3`, subject: serverName }),
    row(sizes, { way, name: `blob ${way}, ${mib} MiB, S3, the engine alone`, subject: 'blobs' }),
  ])
}

interface What {
  readonly way: 'push' | 'pull'
  readonly name: string
  readonly subject: string
}

function row({ bytes }: Sizes, { way, name, subject }: What): Row {
  return {
    name,
    targets: [subject, 'sdk'],
    about: `One client, one object after the other, to a server of S3 and a bucket of its own each time. The SDK sends parts of ${partBytes / mebibyte} MiB, ${partsInFlight} at a time, as Lading does; it has its bytes at hand, and hashes nothing but what S3 wants, while ${subject === 'blobs' ? 'the engine' : 'the server'} gets them a piece at a time and verifies their digest.`,
    figures: [rate('MB/s', goal)],
    checkTakes: 0,
    takes: (seconds) => 3 * startTakes + seconds + 3 * pushTakes,
    check: nothingToCheck,
    async measure(target, seconds) {
      await using hosted = await hostServers({ s3: true })
      const place = await freshBucket(hosted)
      await quietDisk()
      if (target.name !== serverName)
        return await measureTask({ do: way, layer: target.name as S3LayerName, place, bytes, seconds })
      await using lading = await ladingServers(1, place)
      const origin = lading.servers[0]?.origin ?? ''
      return way === 'push' ? await pushes(origin, bytes, seconds) : await pulls(origin, bytes, seconds)
    },
  }
}

async function pushes(origin: string, bytes: number, seconds: number): Promise<Values> {
  await pushed(origin, bytes)
  const done = await runGenerator({ kind: 'push-blobs', origin, clients: 1, warmSeconds: 0, seconds, bytes })
  return { rate: done.bytes / done.seconds / megabyte }
}

async function pulls(origin: string, bytes: number, seconds: number): Promise<Values> {
  const path = await pushed(origin, bytes)
  const done = await runGenerator({ kind: 'download', origin, path, bytes, seconds })
  return { rate: done.bytes / done.seconds / megabyte }
}

/** Pushes once, and holds what comes back against it. Answers the path of it. */
async function pushed(origin: string, bytes: number): Promise<string> {
  const { digest, bytes: body } = randomContent(bytes)
  const repository = `bench/${randomUUID()}`
  const agent = oneConnection()
  try {
    await pushBlob({ ask: (asking) => exchange(agent, asking), origin, repository }, digest, [body])
  } finally {
    agent.destroy()
  }
  const path = `/v2/${repository}/blobs/${digest}`
  await expectAnswer({ method: 'GET', url: new URL(path, origin) }, { digest, length: bytes })
  return path
}

function randomContent(bytes: number): Content {
  return contentOf('application/octet-stream', randomBytes(bytes))
}
