// What npm runs before and after it packs. Before: JavaScript and declarations from the source into dist, since
// Node runs no TypeScript below node_modules; and the workspace's licence and page, which belong to each package.
// After, with "clean": these copies go again.
import { spawnSync } from 'node:child_process'
import { copyFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const server = join(dirname(fileURLToPath(import.meta.url)), '..')
const workspace = join(server, '..')
const copied = ['LICENSE', 'README.md']

if (process.argv[2] === 'clean') {
  for (const file of copied) rmSync(join(server, file), { force: true })
} else {
  compile()
  for (const file of copied) copyFileSync(join(workspace, file), join(server, file))
}

function compile() {
  rmSync(join(server, 'dist'), { recursive: true, force: true })
  const typescript = dirname(createRequire(import.meta.url).resolve('typescript/package.json'))
  const command = [join(typescript, 'bin', 'tsc'), '-p', join(server, 'tsconfig.build.json')]
  const { status, error } = spawnSync(process.execPath, command, { stdio: ['ignore', 2, 2] })
  if (error !== undefined) throw error
  if (status !== 0) process.exit(status ?? 1)
}
