import { spawn } from 'node:child_process'
import { dirname } from 'node:path'
import { pinnedNode, root } from './pinned-node.js'

// npm starts this file with whatever Node is at hand; the program that it is given runs on the pinned one.
const node = pinnedNode()
const child = spawn(node, process.argv.slice(2), {
  cwd: root,
  env: { ...process.env, PATH: [dirname(node), process.env.PATH].join(':') },
  stdio: 'inherit',
})
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
child.on('error', (error) => {
  throw error
})
child.on('exit', (code) => {
  process.exitCode = code ?? 1
})
