import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { pinnedNode, root } from './pinned-node.js'

// npm starts this file with whatever Node is at hand; all the rest runs on the pinned one.
const node = pinnedNode()
const path = [dirname(node), join(root, 'node_modules/.bin'), process.env.PATH].join(':')
const { status, signal, error } = spawnSync(node, ['scripts/test/run.ts', ...process.argv.slice(2)], {
  cwd: root,
  env: { ...process.env, PATH: path },
  stdio: ['ignore', 'inherit', 'inherit'],
})
if (error) throw error
if (signal) console.error(`the tests ended by ${signal}`)
process.exitCode = status ?? 1
