import { createHash } from 'node:crypto'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { root } from '../../../scripts/pinned-node.js'

/** Of files, and of all files in folders; paths of the checkout. Tests change nothing. `more` counts as well. */
export async function hashOfSources(paths: readonly string[], ...more: readonly string[]): Promise<string> {
  const hash = createHash('sha256')
  for (const path of paths)
    for (const file of await filesAt(join(root, path))) hash.update(await readFile(file))
  for (const text of more) hash.update(text)
  return hash.digest('hex').slice(0, 8)
}

async function filesAt(path: string): Promise<readonly string[]> {
  if ((await stat(path)).isFile()) return [path]
  const found = await readdir(path, { recursive: true, withFileTypes: true })
  return found
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.test.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}
