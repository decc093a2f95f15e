import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { root } from '../../scripts/pinned-node.js'
import { freePort } from '../process/free-port.ts'
import { serve } from '../process/serve.ts'
import { seedByPush } from './seed-by-push.ts'
import type { Target } from './target.ts'

const launcher = join(root, 'server/bin/lading.js')

/** The same, for rows that fill its folder themselves. */
export function ladingFilled(name: string): Target {
  return { ...lading, name, about: 'the same checkout on a folder that was filled before it started' }
}

export const lading: Target = {
  name: 'lading',
  about: 'this checkout, nothing set but where it listens and where its data is',
  async find() {
    return {
      version: checkoutVersion(),
      async start(folder) {
        const port = await freePort()
        const args = [launcher, 'serve', '--listen', `127.0.0.1:${port}`, '--data', join(folder, 'data')]
        return await serve({ program: process.execPath, args, folder, port })
      },
      seed: seedByPush,
    }
  },
}

/** Names the server's source as it stands: figures of two sources are never mixed. */
function checkoutVersion(): string {
  const git = (...args: string[]): string => {
    return execFileSync('git', args, {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim()
  }
  try {
    const [commit, tree] = [
      git('rev-parse', '--short', 'HEAD'),
      git('rev-parse', '--short', 'HEAD:server/src'),
    ]
    const changes = git('diff', 'HEAD', '--', 'server/src', 'server/bin', 'package-lock.json')
    const added = git('ls-files', '--others', '--exclude-standard', 'server/src')
    if (changes === '' && added === '') return `source ${tree}`
    const mark = createHash('sha256').update(changes).update(added).digest('hex').slice(0, 7)
    return `source ${tree} (of commit ${commit}) with changes ${mark}`
  } catch {
    return 'of no git checkout'
  }
}
