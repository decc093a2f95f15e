import { below, figure, startTakes } from '../../engines/rows/figures.ts'
import { freshFolder } from '../../process/folder.ts'
import type { Row } from '../../session/row.ts'
import { measureTask, runTask } from '../run-task.ts'
import { ladingName } from '../targets.ts'
import type { Sizes } from './sizes.ts'

const mostMicros = 20
/** Seconds, roughly: the answers are made by another way first. */
const readTakes = 3

export function decisionRow({ rights }: Sizes): Row {
  const { grants, teams, users } = rights
  const many = (count: number): string => count.toLocaleString('en')
  return {
    name: `authorisation decision, ${many(grants)} grants, ${many(teams)} teams`,
    targets: [ladingName],
    about: `What each request asks before anything is done for it: whether rights have changed, and whether the one who asks may. ${many(users)} users are each in five teams, and come with keys of which some are good for less; some requests are of robots, and some of nobody in particular. Every answer is held against one that goes through all grants; what is refused is thrown, as it is for a request. \`after a change\` is the first decision after a grant was given or taken, for which what has changed is read again.`,
    figures: [
      figure({ id: 'p99', name: 'p99', unit: 'µs', better: 'less' }, { below: mostMicros, unit: 'µs' }),
      figure({ id: 'median', name: 'median', unit: 'µs', better: 'less' }),
      figure({ id: 'changed', name: 'after a change', unit: 'ms', better: 'less' }, below(1_000)),
    ],
    checkTakes: startTakes,
    takes: (seconds) => startTakes + readTakes + seconds,
    check: async () => undefined,
    async measure({ once }, seconds) {
      const { path: folder } = await once(async () => {
        const made = await freshFolder()
        await runTask({ do: 'fill-rights', folder: made.path, sizes: rights })
        return made
      })
      return await measureTask({ do: 'decide', folder, sizes: rights, seconds })
    },
  }
}
