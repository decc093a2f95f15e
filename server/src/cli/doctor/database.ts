import { type InspectedData, inspectData } from '../../boot/admin/inspect-data.ts'
import { placeOfRecords } from '../../boot/admin/places-of.ts'
import { tryRecords } from '../../boot/admin/try-records.ts'
import type { Config } from '../../config/config.ts'
import { type Check, ok, problem } from './check.ts'

/** The records are whole, of a version that this release knows, and where a start may work with them. */
export function databaseCheck(
  inspect: (config: Config) => Promise<InspectedData> = inspectData,
  attempt: (config: Config) => Promise<void> = tryRecords,
): Check {
  return {
    name: 'database',
    async run({ config, hasData }) {
      if (!hasData) return []
      await attempt(config)
      const { version, known, faults } = await inspect(config)
      const onServer = config.store.url !== undefined
      const records = onServer ? placeOfRecords(config) : 'lading.db'
      if (faults.length > 0) {
        return [
          problem(
            `${records} is damaged: ${faults.slice(0, 3).join('; ')}`,
            'stop Lading, and bring back a backup: `lading restore`',
          ),
        ]
      }
      if (version > known) {
        return [
          problem(
            `${records} is at schema version ${version}, and this release knows versions up to ${known}`,
            onServer
              ? `run the newer release again, or have it take its changes back: lading migrate down --to ${known}`
              : `run the newer release again, or put back lading-before-version-${known + 1}.db`,
          ),
        ]
      }
      if (version === 0 && onServer) return [ok(`${records} is empty; the next start makes the tables`)]
      if (version < known)
        return [ok(`${records} is whole; the next start brings it from version ${version} to ${known}`)]
      return [ok(`${records} is whole`)]
    },
  }
}
