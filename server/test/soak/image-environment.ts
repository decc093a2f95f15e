import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

const containerfile = join(import.meta.dirname, '../../../container/Containerfile')

/** What the image tells Node and glibc of memory. */
export async function imageEnvironment(): Promise<NodeJS.ProcessEnv> {
  const text = await readFile(containerfile, 'utf8')
  const found = [...text.matchAll(/\b((?:MALLOC_|NODE_OPTIONS)\w*)=(\S+)/g)]
  if (found.length === 0) throw new Error(`${containerfile} tells nothing of memory`)
  return Object.fromEntries(found.map(([, name, value]) => [name, value]))
}
