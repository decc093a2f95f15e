import { readFile } from 'node:fs/promises'
import { filesWanted, mostOpenFiles } from '../../boot/open-files.ts'
import { threadCount } from '../../boot/threads/thread-count.ts'
import { type Check, ok, type Patient, warning } from './check.ts'

/** `limitsOf`: text of /proc/<pid>/limits, where there is one. */
export function openFilesCheck(
  limitsOf: (pid: number) => Promise<string | undefined> = (pid) =>
    readFile(`/proc/${pid}/limits`, 'utf8').catch(() => undefined),
): Check {
  return {
    name: 'open files',
    async run({ server, config }: Patient) {
      const { limits } = config
      const most = mostOpenFiles((await limitsOf(server?.pid ?? process.pid)) ?? '')
      if (most === undefined) return []
      if (most === Number.POSITIVE_INFINITY) return [ok('any number may be open')]
      const wanted = filesWanted(limits.connections, threadCount(config))
      if (most >= wanted) return [ok(`${most} may be open`)]
      return [
        warning(
          `${most} files may be open at once, and limits.connections (${limits.connections}) may want ${wanted}: a server takes fewer connections then`,
          `LimitNOFILE=${wanted} in the systemd unit, or \`ulimit -n ${wanted}\` before the start; or a smaller limits.connections`,
        ),
      ]
    },
  }
}
