import { mkdir, writeFile } from 'node:fs/promises'
import type { IncomingHttpHeaders } from 'node:http'
import { join } from 'node:path'
import { exchange, oneConnection } from '../load/exchange.ts'
import { manifestType } from '../oci/content.ts'
import { freePort } from '../process/free-port.ts'
import { serve } from '../process/serve.ts'
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

export const bare: Target = {
  name: 'bare',
  about:
    "node:http under the same Node: for reads one process with a table from path to Lading's own headers and bytes; for pushes a loop that hashes, writes, flushes file and folder, and answers",
  async find() {
    return {
      version: process.versions.node,
      async start(folder) {
        const port = await freePort()
        await mkdir(join(folder, 'data'), { recursive: true })
        return await serve({ program: process.execPath, args: [program, `${port}`], folder, port })
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
