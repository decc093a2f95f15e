import { mkdir, writeFile } from 'node:fs/promises'
import type { IncomingHttpHeaders } from 'node:http'
import { join } from 'node:path'
import { threadCount } from '../../server/src/boot/threads/thread-count.ts'
import type { Config } from '../../server/src/config/config.ts'
import { exchange, oneConnection } from '../load/exchange.ts'
import { manifestType } from '../oci/content.ts'
import { freePort } from '../process/free-port.ts'
import { serve } from '../process/serve.ts'
import type { BareOptions } from './bare-server.ts'
import type { Target } from './target.ts'

const program = join(import.meta.dirname, 'bare-server.ts')
/** node:http sends these of its own accord. */
const ownHeaders = ['date', 'connection', 'keep-alive']

/** An answer that the bare server gives, without a question asked. */
export interface Ready {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  /** Base64. */
  readonly body: string
}

export const answersFile = 'answers.json'

/** As many as Lading has on its defaults, so that neither has more of the machine. */
const asLading = threadCount({} as Config)

export const bare: Target = bareWith({
  name: 'bare',
  about:
    "node:http in one process, as it is without further ado, under the same Node: a table from path to Lading's own headers and bytes",
  threads: 1,
  bodies: 'written',
})

export const bareThreaded: Target = bareWith({
  name: 'bare threaded',
  about:
    'the same with as many threads as Lading has; for pushes a loop that hashes, writes, flushes file and folder, and answers',
  threads: asLading,
  bodies: 'written',
})

/** Which of the two loops is faster depends on the disk and on what else the machine does. */
export const bareBehind: Target = bareWith({
  name: 'bare behind',
  about:
    'the same as `bare threaded`, but it writes megabytes while the next bytes come in, and flushes every 16 MiB',
  threads: asLading,
  bodies: 'written behind',
})

/** What the load generator can do at most. */
export const sink: Target = bareWith({
  name: 'sink',
  about:
    'the same as `bare threaded`, but what is pushed is read and forgotten: no more than this can be seen of any target',
  threads: asLading,
  bodies: 'forgotten',
})

function bareWith({
  name,
  about,
  threads,
  bodies,
}: Pick<Target, 'name' | 'about'> & Pick<BareOptions, 'threads' | 'bodies'>): Target {
  return {
    name,
    about,
    async find() {
      return {
        version: process.versions.node,
        async start(folder) {
          const options: BareOptions = { port: await freePort(), threads, bodies }
          await mkdir(join(folder, 'data'), { recursive: true })
          const args = [program, JSON.stringify(options)]
          return await serve({ program: process.execPath, args, folder, port: options.port })
        },
        async seed({ folder }, { repository, tag, artifact, small }, model) {
          const { origin } = await model()
          const agent = oneConnection()
          const named = [`manifests/${tag}`, `manifests/${artifact.manifest.digest}`, `blobs/${small.digest}`]
          const answers = await Promise.all(
            named.map(async (name): Promise<Ready> => {
              const path = `/v2/${repository}/${name}`
              const headers = { accept: name.startsWith('blobs') ? '*/*' : manifestType }
              const answer = await exchange(agent, { method: 'GET', url: new URL(path, origin), headers })
              const kept = Object.entries(answer.headers).filter(([header]) => !ownHeaders.includes(header))
              return { path, headers: Object.fromEntries(kept), body: answer.body.toString('base64') }
            }),
          )
          agent.destroy()
          await writeFile(join(folder, answersFile), JSON.stringify(answers))
        },
      }
    },
  }
}
