import { spawn } from 'node:child_process'
import { dirname, join } from 'node:path'
import { pinnedNode, root } from '../scripts/pinned-node.js'

// npm starts this file with whatever Node is at hand; what is measured, and what measures, runs on the pinned one.
const node = pinnedNode()
const child = spawn(node, [join(root, 'bench/main.ts'), ...process.argv.slice(2)], {
  env: { ...process.env, PATH: [dirname(node), process.env.PATH].join(':') },
  stdio: 'inherit',
})
// It ends all that it started, so it must hear of the end.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
child.on('error', (error) => {
  throw error
})
child.on('exit', (code) => {
  process.exitCode = code ?? 1
})
