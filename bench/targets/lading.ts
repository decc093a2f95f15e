import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cp, mkdir, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { root } from '../../scripts/pinned-node.js'
import { bundle } from '../../server/scripts/bundle.js'
import { freePort } from '../process/free-port.ts'
import { serve } from '../process/serve.ts'
import { seedByPush } from './seed-by-push.ts'
import type { Target } from './target.ts'

const installed = join(root, '.cache/bench/lading')
let made: Promise<string> | undefined

/** The same, for rows that fill its folder themselves. */
export function ladingFilled(name: string): Target {
  return { ...lading, name, about: 'the same checkout on a folder that was filled before it started' }
}

export const lading: Target = {
  name: 'lading',
  about: 'this checkout as its package has it, nothing set but where it listens and where its data is',
  async find() {
    const launcher = await ladingLauncher()
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

/** The program of this checkout, made at the first call. */
export async function ladingLauncher(): Promise<string> {
  made ??= makeProgram()
  return await made
}

/** What people have who installed it: the launcher, and the programs that the package is made of. */
async function makeProgram(): Promise<string> {
  await rm(installed, { recursive: true, force: true })
  await mkdir(installed, { recursive: true })
  await bundle(join(installed, 'dist/run'))
  for (const part of ['bin', 'package.json']) {
    await cp(join(root, 'server', part), join(installed, part), { recursive: true })
  }
  await symlink(join(root, 'node_modules'), join(installed, 'node_modules'))
  return join(installed, 'bin/lading.js')
}

/** Names the server's source as it stands: figures of two sources are never mixed. */
export function checkoutVersion(): string {
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
