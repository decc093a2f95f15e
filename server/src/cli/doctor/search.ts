import { placeOfRecords } from '../../boot/admin/places-of.ts'
import { trySearch } from '../../boot/admin/try-search.ts'
import type { Config } from '../../config/config.ts'
import { type Check, ok, warning } from './check.ts'

/** A search that has to be answered is given up no later. */
const answerMs = 2_000

/** A registry goes on without a server that searches: its own index answers meanwhile. */
export const searchCheck: Check = {
  name: 'search',
  async run({ config }) {
    const { engine, url = '' } = config.search
    if (engine === 'none') return [ok('nothing is searched with, as configured: search.engine is none')]
    // Its index is derived: whatever is wrong with it is built anew, and the database has a check of its own.
    if (engine === 'store')
      return [ok(`artifacts are found by the registry’s own index, as configured, ${placeOfIndex(config)}`)]
    const shown = `${engine} at ${URL.canParse(url) ? new URL(url).host : 'its address'}`
    const wrong = await trySearch(config, answerMs)
    if (wrong === undefined) return [ok(`${shown} answers`)]
    return [
      warning(
        `${shown} cannot be used: ${wrong}; the registry’s own index answers instead`,
        'see whether it runs, and correct search.url and the credentials beside it',
      ),
    ]
  },
}

function placeOfIndex(config: Config): string {
  return config.store.url === undefined
    ? 'in the folder search of the data folder'
    : `beside the records in ${placeOfRecords(config)}`
}
