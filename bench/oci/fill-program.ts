import { readFileSync } from 'node:fs'
import { openEngines } from '../../server/src/boot/engines.ts'
import { composeOn } from '../../server/src/boot/serve-engines.ts'
import { loadConfig } from '../../server/src/config/load-config.ts'
import { copyRepositories } from './copy-repositories.ts'
import { type Filling, pushFirst } from './filling.ts'

/**
 * Fills a data folder that no server runs on: pushes one repository by the use cases that a server answers pushes with,
 * and copies its rows. Its one argument is a `Filling`.
 */

const filling = JSON.parse(process.argv[2] ?? '') as Filling
const loaded = loadConfig({
  flags: { data: filling.data, 'log-level': 'error' },
  env: {},
  cwd: filling.data,
  readFile: (path) => readFileSync(path, 'utf8'),
})
if ('mistakes' in loaded) throw new Error(JSON.stringify(loaded.mistakes))
const engines = await openEngines(loaded.config)
try {
  const { composed, journal } = await composeOn(engines, loaded.config)
  await pushFirst(composed.registry, filling)
  await copyRepositories(composed.core, filling)
  await composed.pulls.close()
  await journal.stop()
} finally {
  await engines.blobs.close()
  await engines.store.close()
}
