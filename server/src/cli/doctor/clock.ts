import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type Check, ok, problem } from './check.ts'

/** Nobody's registry is older. */
const firstYear = 2025
const lastYear = 2125
/** Machines that agree differ by less. */
const toleratedMs = 60_000

/** Times of tags, expiry and collection are told by it. */
export const clockCheck: Check = {
  name: 'clock',
  async run({ config: { data }, now, standing }) {
    const shown = new Date(now).toISOString()
    const mend = 'set the clock (timedatectl set-ntp true), and start Lading anew'
    const year = new Date(now).getUTCFullYear()
    if (year < firstYear || year > lastYear)
      return [problem(`this machine believes that it is ${shown}`, mend)]
    const written = await Promise.all(
      ['lading.db', 'lading.db-wal'].map((name) => stat(join(data, name)).catch(() => undefined)),
    )
    const newest = Math.max(standing?.lastMoveAt ?? 0, ...written.map((found) => found?.mtimeMs ?? 0))
    if (newest > now + toleratedMs) {
      const later = new Date(newest).toISOString()
      return [
        problem(
          `it is ${shown} here, and the registry was written at ${later}: the clock has gone back`,
          mend,
        ),
      ]
    }
    return [ok(shown)]
  },
}
