import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from './free-port.ts'
import { type Program, startProgram } from './program.ts'

/**
 * A server in Java that speaks MongoDB's protocol and keeps everything in memory. It has no transactions and no sessions,
 * takes read and write concerns and heeds none, and compares text by UTF-16. Disposal ends it.
 */
export interface MongodbStandIn extends AsyncDisposable {
  readonly port: number
  readonly url: string
  readonly program: Program
}

const root = join(import.meta.dirname, '../../../..')
const { LADING_TOOLS_DIR = join(root, '.cache/tools') } = process.env
const folder = join(LADING_TOOLS_DIR, 'mongodb-stand-in')

/** False where it can be started, or why not. */
export const mongodbStandInSkip: string | false = existsSync(join(folder, 'made-of'))
  ? false
  : 'the stand-in for MongoDB is not installed: run conformance/install-mongodb-stand-in'

export async function startMongodbStandIn(
  version: 'MONGO_5_0' | 'MONGO_3_6' = 'MONGO_5_0',
): Promise<MongodbStandIn> {
  const port = await freePort()
  const classes = `${join(folder, 'classes')}:${join(folder, 'lib')}/*`
  const program = await startProgram({
    path: 'java',
    args: ['-Xmx512m', '-XX:+UseSerialGC', '-cp', classes, 'MongodbStandIn', String(port), version],
    port,
  })
  return {
    port,
    url: `mongodb://127.0.0.1:${port}/`,
    program,
    [Symbol.asyncDispose]: () => program.stop(),
  }
}
