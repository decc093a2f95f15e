import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { root } from '../../scripts/pinned-node.js'
import { checkoutVersion } from '../targets/lading.ts'
import type { Ready, Target } from '../targets/target.ts'
import type { LayerName } from './task.ts'

export const largeName = 'lading, 1,000,000 artifacts'
export const smallName = 'lading, 10,000 artifacts'

/** Which layer a target is. */
export function layerOf(target: string): LayerName {
  return target.startsWith('lading,') ? 'lading' : (target as LayerName)
}

const ofCheckout = async (): Promise<string> => checkoutVersion()
const ofSqlite = async (): Promise<string> => `SQLite ${process.versions['sqlite']}`

export const libraryTargets: readonly Target[] = [
  target('lading', 'the SQLite backend of the library, as its source stands', ofCheckout),
  target('lading in memory', 'the memory backend of the library', ofCheckout),
  target(
    'bare get',
    'one prepared SELECT by the primary key on node:sqlite, and the object that this answers with; the least there is',
    ofSqlite,
  ),
  target(
    'by hand',
    'statements written by hand on node:sqlite, prepared once, on the same tables: the source is read too, JSON is parsed, and writes wait for each other to share a flush, as with Lading',
    ofSqlite,
  ),
  target(
    'drizzle',
    'the ORM drizzle on node:sqlite and the same tables, by its driver for any SQLite: a prepared query where it reads by id, a transaction for each creation',
    versionOfDrizzle,
  ),
  target('map', 'a Map of objects, of which a reader gets a copy', async () => `node ${process.version}`),
  target(largeName, 'the SQLite backend on a folder that `lading seed` has filled', ofCheckout),
  target(smallName, 'the same with fewer', ofCheckout),
]

/** It is imported, and nothing is started. */
function target(name: string, about: string, version: () => Promise<string>): Target {
  return {
    name,
    about,
    find: async (): Promise<Ready> => ({ version: await version(), start: notAServer, seed: notAServer }),
  }
}

async function notAServer(): Promise<never> {
  throw new Error('a library is not started')
}

async function versionOfDrizzle(): Promise<string> {
  const text = await readFile(join(root, 'node_modules/drizzle-orm/package.json'), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}
