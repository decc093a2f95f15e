// What npm runs before and after it packs. Before: the programs and the library from the source, since Node runs no
// TypeScript below node_modules; and the workspace's licence and page, which belong to each package. After, with "clean": these copies
// go again.
import { copyFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundle } from './bundle.js'
import { declare } from './declare.js'

const server = join(dirname(fileURLToPath(import.meta.url)), '..')
const workspace = join(server, '..')
const copied = ['LICENSE', 'README.md']

if (process.argv[2] === 'clean') {
  for (const file of copied) rmSync(join(server, file), { force: true })
} else {
  rmSync(join(server, 'dist'), { recursive: true, force: true })
  await bundle(join(server, 'dist/run'))
  declare(join(server, 'dist/types'))
  for (const file of copied) copyFileSync(join(workspace, file), join(server, file))
}
