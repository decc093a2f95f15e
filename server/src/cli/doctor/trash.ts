import { counted, span } from '../shown-size.ts'
import { type Check, ok, warning } from './check.ts'

/** Turns of the job that may be missed before it is told. */
const turns = 5

/** Bytes of what was deleted leave the disk in time. */
export const trashCheck: Check = {
  name: 'trash',
  run({ standing, server, now, config: { limits } }) {
    if (standing === undefined) return []
    const { files, dueAt } = standing.trash
    if (files === 0 || dueAt === undefined) return [ok('it is empty')]
    const late = now - dueAt
    if (server === undefined) return [ok(`${counted(files, 'file')}, which go once a server runs`)]
    if (late < turns * limits.cleanupInterval)
      return [ok(`${counted(files, 'file')}, which go in their time`)]
    return [
      warning(
        `${counted(files, 'file')} should have gone, the first of them ${span(late)} ago`,
        'see what the log says of empty-trash; `lading jobs` lists what failed; a backup that runs keeps them too',
      ),
    ]
  },
}
