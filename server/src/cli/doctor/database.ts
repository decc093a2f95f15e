import { type InspectedData, inspectData } from '../../boot/admin/inspect-data.ts'
import { type Check, ok, problem } from './check.ts'

/** The file of the records is whole, and of a version that this release knows. */
export function databaseCheck(inspect: (folder: string) => Promise<InspectedData> = inspectData): Check {
  return {
    name: 'database',
    async run({ config: { data }, hasData }) {
      if (!hasData) return []
      const { version, known, faults } = await inspect(data)
      if (faults.length > 0) {
        return [
          problem(
            `lading.db is damaged: ${faults.slice(0, 3).join('; ')}`,
            'stop Lading, and bring back a backup: `lading restore`',
          ),
        ]
      }
      if (version > known) {
        return [
          problem(
            `lading.db is at schema version ${version}, and this release knows versions up to ${known}`,
            `run the newer release again, or put back lading-before-version-${known + 1}.db`,
          ),
        ]
      }
      if (version < known)
        return [ok(`lading.db is whole; the next start brings it from version ${version} to ${known}`)]
      return [ok('lading.db is whole')]
    },
  }
}
