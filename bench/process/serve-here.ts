import { readFileSync } from 'node:fs'
import { openSearchedEngines } from '../../server/src/boot/engines.ts'
import { type ServedEngines, serveEngines } from '../../server/src/boot/serve-engines.ts'
import { loadConfig } from '../../server/src/config/load-config.ts'

/** A server in this process, on a port of the loopback, by these variables of the environment alone. */
export async function serveHere(
  folder: string,
  env: Readonly<Record<string, string>> = {},
): Promise<ServedEngines> {
  const loaded = loadConfig({
    flags: { data: folder, listen: '127.0.0.1:0', 'log-level': 'error' },
    env,
    cwd: folder,
    readFile: (path) => readFileSync(path, 'utf8'),
  })
  if ('mistakes' in loaded) throw new Error(JSON.stringify(loaded.mistakes))
  return await serveEngines(await openSearchedEngines(loaded.config), loaded.config)
}
