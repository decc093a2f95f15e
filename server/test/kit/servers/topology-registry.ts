import { systemClock } from '../../../src/adapters/clock/system/system-clock.ts'
import { cryptoRandom } from '../../../src/adapters/random/crypto/crypto-random.ts'
import { openBlobs } from '../../../src/boot/open-blobs.ts'
import { openStore } from '../../../src/boot/open-store.ts'
import type { Config } from '../../../src/config/config.ts'
import { loadConfig } from '../../../src/config/load-config.ts'
import type { Limits } from '../../../src/core/ledger/limits.ts'
import { composeAfterwards, type OpenedFolder } from '../open-data-folder.ts'
import type { Topology } from './topology.ts'

/** What a topology's processes are told, past its spoilers. */
export function configOf({ settings, databaseUrl, s3, ladings }: Topology): Config {
  const env = {
    ...settings,
    LADING_STORE_URL: databaseUrl,
    LADING_BLOBS_ENDPOINT: s3.endpoint,
    LADING_DATA: ladings[0]?.data,
  }
  const readFile = (): never => {
    throw Object.assign(new Error('there is no file'), { code: 'ENOENT' })
  }
  const loaded = loadConfig({ flags: {}, env, cwd: '/', readFile })
  if ('mistakes' in loaded) throw new Error(JSON.stringify(loaded.mistakes))
  return loaded.config
}

/** The registry of a topology none of whose processes runs any more: no doors, and no job runs. */
export async function openTopologyRegistry(
  topology: Topology,
  now: () => number = Date.now,
  limits: Partial<Limits> = {},
): Promise<OpenedFolder> {
  const config = configOf(topology)
  const clock = { ...systemClock, now }
  const { store } = await openStore(config, clock)
  try {
    const blobs = await openBlobs(config, { clock, random: cryptoRandom })
    return await composeAfterwards({ store, blobs, clock, limits })
  } catch (error) {
    await store.close()
    throw error
  }
}
