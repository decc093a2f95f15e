import { figure, nothingToCheck, rate, startTakes } from '../../engines/rows/figures.ts'
import { freshFolder } from '../../process/folder.ts'
import type { Row } from '../../session/row.ts'
import { measureTask } from '../run-task.ts'
import { bareInserts, fromRecords } from '../targets.ts'
import type { Sizes } from './sizes.ts'

/** Seconds, roughly, for a hundred thousand documents that have to be made first. */
const makeTakes = 25

export function reindexRow({ reindexed }: Sizes): Row {
  return {
    name: 'reindex, SQLite',
    targets: ['sqlite', fromRecords, bareInserts],
    about: `${reindexed.toLocaleString('en')} documents into an empty folder, while an index of 2,000 answers a question every 50 ms; durable at the end. \`sqlite\` and \`${bareInserts}\` are given documents that are made already, \`${fromRecords}\` reads the records and makes them, as a registry does.`,
    figures: [
      rate('documents/s', { times: 0.7, against: [bareInserts] }),
      figure({ id: 'meanwhile', name: 'searches meanwhile, p95', unit: 'ms', better: 'less' }),
    ],
    checkTakes: 0,
    takes: () => startTakes + makeTakes,
    check: nothingToCheck,
    async measure({ name }) {
      await using folder = await freshFolder()
      return await measureTask({
        do: 'reindex',
        what: name as 'sqlite' | typeof fromRecords | typeof bareInserts,
        folder: folder.path,
        artifacts: reindexed,
      })
    },
  }
}
