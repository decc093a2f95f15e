import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))

/** The Node that the lock file pins. Whatever Node started this script may be too old to run TypeScript. */
export function pinnedNode() {
  const places = ['.bin/node', `node-${process.platform}-${process.arch}/bin/node`, 'node/bin/node']
  const found = places.map((place) => join(root, 'node_modules', place)).find((path) => existsSync(path))
  if (found) return found
  if (Number(process.versions.node.split('.')[0]) >= 26) return process.execPath
  throw new Error(`no Node 26 below node_modules (this is ${process.version}): run npm ci first`)
}
