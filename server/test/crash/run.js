import { spawn } from 'node:child_process'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { pinnedNode } from '../../../scripts/pinned-node.js'

// npm starts this file with whatever Node is at hand; the driver and its servers run on the pinned one.
const node = pinnedNode()
const child = spawn(node, [fileURLToPath(new URL('main.ts', import.meta.url)), ...process.argv.slice(2)], {
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
