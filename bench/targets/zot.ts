import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { findProgram, type Wanted } from '../process/find-program.ts'
import { freePort } from '../process/free-port.ts'
import { serve } from '../process/serve.ts'
import { seedByPush } from './seed-by-push.ts'
import type { Target } from './target.ts'

const wanted: Wanted = {
  name: 'zot',
  variable: 'LADING_PEER_ZOT',
  inPath: true,
  versionArgs: ['--version'],
  version: /"commit":"([^"]+)"/,
  howToGet:
    'LADING_PEER_ZOT names no program, and no zot is in the path: build cmd/zot of github.com/project-zot/zot',
}

export const zot: Target = zotWith({
  name: 'zot',
  about:
    'defaults: deduplication and garbage collection on; what it has acknowledged may not be on the disk yet',
  storage: {},
})

/** Its documentation, "Storage Planning", Commit: without it the operating system flushes when it likes. */
export const zotFlushing: Target = zotWith({
  name: 'zot commit',
  about: 'the defaults with storage.commit, by which it flushes files to the disk before it answers',
  storage: { commit: true },
})

/** Its examples' README, "Storage": deduplication is for shared layers, and collecting locks the storage while it runs. */
export const zotTuned: Target = zotWith({
  name: 'zot commit tuned',
  about:
    'storage.commit, and what its documentation says to cost time given up: storage.dedupe and storage.gc off',
  storage: { commit: true, dedupe: false, gc: false },
})

function zotWith(variant: { name: string; about: string; storage: object }): Target {
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
          const config = join(folder, 'config.json')
          await writeFile(
            config,
            JSON.stringify({
              distSpecVersion: '1.1.1',
              storage: { rootDirectory: join(folder, 'data'), ...variant.storage },
              http: { address: '127.0.0.1', port: `${port}` },
              log: { level: 'error' },
            }),
          )
          return await serve({ program: found.path, args: ['serve', config], folder, port })
        },
        seed: seedByPush,
      }
    },
  }
}
