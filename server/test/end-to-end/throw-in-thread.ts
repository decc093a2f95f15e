import { existsSync } from 'node:fs'
import { threadName } from 'node:worker_threads'

// Loaded into every thread of a server: one of them throws what nobody catches once the file is there.
const file = new URL(import.meta.url).searchParams.get('file') ?? ''
if (threadName === 'http 1') {
  setInterval(() => {
    if (existsSync(file)) throw new Error('a fault that the test has planted')
  }, 20)
}
