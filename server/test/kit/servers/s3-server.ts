import { mkdir, mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { installedTool, type Tool } from '../../../../conformance/kit/tool.ts'
import { freePort } from './free-port.ts'
import { type Program, startProgram } from './program.ts'

export const s3ServerTool: Tool = installedTool('versitygw')

/** A server of S3, whose buckets are folders. Disposal ends it and takes its data away. */
export interface S3Server extends AsyncDisposable {
  readonly host: '127.0.0.1'
  readonly port: number
  /** `http://host:port` */
  readonly endpoint: string
  readonly region: string
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string }
  /** A new and empty bucket, by its own name. */
  bucket(): Promise<string>
  /** The file that an object is kept in. */
  pathOf(bucket: string, key: string): string
  /** Changes one byte of an object behind everybody's back. */
  flipByte(bucket: string, key: string, at: number): Promise<void>
  kill(): Promise<void>
  /** On the same port and the same data. */
  start(): Promise<void>
}

export interface S3ServerOptions {
  /** Buckets are names below this host too. */
  readonly domain?: string
}

const region = 'us-east-1'
const credentials = { accessKeyId: 'lading-test', secretAccessKey: 'a-secret-of-tests-only' }

/** Throws where versitygw is not there: look at `s3ServerTool.skip` before. */
export async function startS3Server({ domain }: S3ServerOptions = {}): Promise<S3Server> {
  if (s3ServerTool.skip !== false) throw new Error(s3ServerTool.skip)
  const base = await mkdtemp(join(tmpdir(), 'lading-s3-'))
  const [folder, port] = [join(base, 'data'), await freePort()]
  await mkdir(folder)
  const start = (): Promise<Program> =>
    startProgram({
      path: s3ServerTool.path,
      args: [
        ...['--port', `127.0.0.1:${port}`, '--region', region, '--keep-alive', '--quiet'],
        ...(domain === undefined ? [] : ['--virtual-domain', domain]),
        ...['posix', folder],
      ],
      env: { ROOT_ACCESS_KEY: credentials.accessKeyId, ROOT_SECRET_KEY: credentials.secretAccessKey },
      cwd: base,
      port,
    })
  let program = await start().catch(async (error: unknown) => {
    await rm(base, { recursive: true, force: true })
    throw error
  })
  let buckets = 0
  const pathOf = (bucket: string, key: string): string => join(folder, bucket, key)
  return {
    host: '127.0.0.1',
    port,
    endpoint: `http://127.0.0.1:${port}`,
    region,
    credentials,
    // A folder that is there is a bucket.
    bucket: async () => {
      const name = `bucket-${++buckets}`
      await mkdir(join(folder, name))
      return name
    },
    pathOf,
    flipByte: async (bucket, key, at) => {
      await using file = await open(pathOf(bucket, key), 'r+')
      const byte = Buffer.alloc(1)
      await file.read(byte, 0, 1, at)
      byte.writeUInt8(byte.readUInt8() ^ 0xff)
      await file.write(byte, 0, 1, at)
    },
    kill: () => program.kill(),
    start: async () => {
      program = await start()
    },
    [Symbol.asyncDispose]: async () => {
      await program.stop()
      await rm(base, { recursive: true, force: true })
    },
  }
}
