import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { freshFolder } from '../../process/folder.ts'
import { freePort } from '../../process/free-port.ts'
import { type Running, serve } from '../../process/serve.ts'
import { ladingLauncher } from '../../targets/lading.ts'
import type { S3Place } from '../task.ts'

/** Ladings that keep records and bytes in the same places. Disposal ends them; what they have kept stays. */
export interface LadingServers extends AsyncDisposable {
  readonly servers: readonly Running[]
}

/** `database` undefined: each in a folder of its own, so there may be one. */
export async function ladingServers(
  processes: number,
  place: S3Place,
  database?: string,
): Promise<LadingServers> {
  await using stack = new AsyncDisposableStack()
  const folder = stack.use(await freshFolder())
  const launcher = await ladingLauncher()
  const servers: Running[] = []
  // One after the other: the first one makes the tables.
  for (let at = 0; at < processes; at++) {
    const [own, port] = [join(folder.path, `lading-${at}`), await freePort()]
    await mkdir(own)
    const args = [launcher, 'serve', '--listen', `127.0.0.1:${port}`, '--data', join(own, 'data')]
    const env = settingsOf(place, database)
    servers.push(stack.use(await serve({ program: process.execPath, args, env, folder: own, port })))
  }
  const all = stack.move()
  return { servers, [Symbol.asyncDispose]: () => all.disposeAsync() }
}

function settingsOf(
  { endpoint, region, bucket, credentials }: S3Place,
  database: string | undefined,
): Readonly<Record<string, string>> {
  return {
    LADING_BLOBS_ENDPOINT: endpoint,
    LADING_BLOBS_REGION: region,
    LADING_BLOBS_BUCKET: bucket,
    LADING_BLOBS_PATH_STYLE: 'true',
    LADING_BLOBS_ACCESS_KEY_ID: credentials.accessKeyId,
    LADING_BLOBS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    ...(database !== undefined && { LADING_STORE_URL: database }),
  }
}
