import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { findProgram, type Wanted } from '../process/find-program.ts'
import { freePort } from '../process/free-port.ts'
import { serve } from '../process/serve.ts'
import { seedByPush } from './seed-by-push.ts'
import type { Target } from './target.ts'

const wanted: Wanted = {
  name: 'registry',
  variable: 'LADING_PEER_DISTRIBUTION',
  inPath: true,
  versionArgs: ['--version'],
  version: / v?(\d[^\s+]*)/,
  howToGet:
    'LADING_PEER_DISTRIBUTION names no program, and no registry is in the path: go install github.com/distribution/distribution/v3/cmd/registry@v3.1.1',
}

interface Variant {
  readonly name: string
  readonly about: string
  readonly storage: object
  readonly validation: object
}

/** Its filesystem driver flushes every file before it answers, without being asked. */
export const distribution: Target = distributionWith({
  name: 'distribution',
  about: 'defaults: a folder, deletes allowed, no access log; it flushes files to the disk by itself',
  storage: {},
  validation: {},
})

export const distributionTuned: Target = distributionWith({
  name: 'distribution tuned',
  about: 'the same with its cache of blob descriptors in memory, and any URL allowed in manifests',
  storage: { cache: { blobdescriptor: 'inmemory' } },
  validation: { validation: { manifests: { urls: { allow: ['.*'] } } } },
})

function distributionWith(variant: Variant): Target {
  return {
    name: variant.name,
    about: variant.about,
    async find(env) {
      const found = await findProgram(wanted, env)
      if ('missing' in found) return found
      return {
        version: found.version,
        async start(folder) {
          const port = await freePort()
          const config = join(folder, 'config.yml')
          // Its configuration is YAML, and so is JSON.
          await writeFile(
            config,
            JSON.stringify({
              version: 0.1,
              log: { level: 'error', accesslog: { disabled: true } },
              storage: {
                filesystem: { rootdirectory: join(folder, 'data') },
                delete: { enabled: true },
                ...variant.storage,
              },
              http: { addr: `127.0.0.1:${port}` },
              ...variant.validation,
            }),
          )
          // Else it sends traces to a port of this machine, and logs that nobody is there.
          const env = { OTEL_TRACES_EXPORTER: 'none' }
          return await serve({ program: found.path, args: ['serve', config], env, folder, port })
        },
        seed: seedByPush,
      }
    },
  }
}
