import { readFile } from 'node:fs/promises'
import { type Check, ok, type Patient, warning } from './check.ts'

/** Files, database, pipes and threads, beside connections. */
const besideConnections = 256

/** A connection and often a file of each client. `limitsOf`: text of /proc/<pid>/limits, where there is one. */
export function openFilesCheck(
  limitsOf: (pid: number) => Promise<string | undefined> = (pid) =>
    readFile(`/proc/${pid}/limits`, 'utf8').catch(() => undefined),
): Check {
  return {
    name: 'open files',
    async run({ server, config: { limits } }: Patient) {
      const text = await limitsOf(server?.pid ?? process.pid)
      // Node takes as many as the hard limit lets it have.
      const most = /^Max open files\s+\S+\s+(\S+)/m.exec(text ?? '')?.[1]
      if (most === undefined) return []
      if (most === 'unlimited') return [ok('any number may be open')]
      const wanted = 2 * limits.connections + besideConnections
      if (Number(most) >= wanted) return [ok(`${most} may be open`)]
      return [
        warning(
          `${most} files may be open at once, and limits.connections (${limits.connections}) may want ${wanted}`,
          `LimitNOFILE=${wanted} in the systemd unit, or \`ulimit -n ${wanted}\` before the start; or a smaller limits.connections`,
        ),
      ]
    },
  }
}
