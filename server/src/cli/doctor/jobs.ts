import { counted } from '../shown-size.ts'
import { type Check, ok, warning } from './check.ts'

export const jobsCheck: Check = {
  name: 'jobs',
  run({ standing }) {
    if (standing === undefined) return []
    const { dead } = standing.jobs
    if (dead === 0) return [ok('none has failed too often')]
    return [
      warning(
        `${counted(dead, 'job')} failed too often, and ${dead === 1 ? 'is' : 'are'} not tried any more`,
        '`lading jobs` tells why; then `lading jobs --revive all`',
      ),
    ]
  },
}
