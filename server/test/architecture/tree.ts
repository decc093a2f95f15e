import { readFileSync } from 'node:fs'
import { glob } from 'node:fs/promises'
import { join } from 'node:path'

/** Source text by path; paths are relative to the tree's root and use `/`. */
export type Tree = ReadonlyMap<string, string>

export async function readTree(root: string): Promise<Tree> {
  const paths: string[] = []
  for await (const path of glob('**/*.{ts,tsx,mts,cts,js,mjs,cjs}', { cwd: root })) paths.push(path)
  return new Map(paths.sort().map((path) => [path, readFileSync(join(root, path), 'utf8')]))
}

/** A tree written down in a test. */
export function treeOf(files: Readonly<Record<string, string>>): Tree {
  return new Map(Object.entries(files))
}
