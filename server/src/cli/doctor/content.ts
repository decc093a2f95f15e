import { counted } from '../shown-size.ts'
import { type Check, ok, problem } from './check.ts'

export const contentCheck: Check = {
  name: 'content',
  run({ standing }) {
    if (standing === undefined) return []
    if (standing.damaged === 0) return [ok('none is known to be damaged; `lading scrub` reads all of it')]
    return [
      problem(
        `${counted(standing.damaged, 'blob')} ${standing.damaged === 1 ? 'is' : 'are'} damaged, and not given out`,
        '`lading scrub` tells which; push them again, or bring back a backup',
      ),
    ]
  },
}
