import { readFileSync } from 'node:fs'
import type { ConfigInput } from './config-input.ts'

/** What this process was started with. The one place that reads the environment. */
export function processInput(): Omit<ConfigInput, 'flags'> {
  return {
    env: { ...process.env },
    cwd: process.cwd(),
    readFile: (path) => readFileSync(path, 'utf8'),
  }
}
