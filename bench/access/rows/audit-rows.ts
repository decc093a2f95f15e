import { join } from 'node:path'
import { freshFolder } from '../../process/folder.ts'
import type { Row } from '../../session/row.ts'
import { measureTask, runTask } from '../run-task.ts'
import { ladingName, unauditedName } from '../targets.ts'
import type { Sizes } from './sizes.ts'

const clients = 16
/** So many times as long as others: several seals fall into it, and what flushes take evens out. */
const createLasts = 4
/** Seconds, roughly, for a million entries. */
const fillTakes = 120
const verifyTakes = 30

export function auditRows(sizes: Sizes): readonly Row[] {
  return [createRow(sizes), verifyRow(sizes)]
}

function createRow({ created }: Sizes): Row {
  return {
    name: `create with what was done written down, ${clients} clients, SQLite`,
    targets: [ladingName, unauditedName],
    about: `Each client makes artifacts with one published version, and waits for its own answer; what is answered has been flushed. Meanwhile what was done is sealed, every two seconds. Every measurement begins with an empty folder and makes ${created} artifacts at most.`,
    figures: [
      {
        id: 'rate',
        name: 'rate',
        unit: 'artifacts/s',
        better: 'more',
        goal: { times: 0.9, against: [unauditedName] },
      },
    ],
    checkTakes: 0,
    takes: (seconds) => 4 + createLasts * seconds,
    check: async () => undefined,
    async measure({ name }, seconds) {
      await using folder = await freshFolder()
      const { rate = 0 } = await measureTask({
        ...{ do: 'create', folder: folder.path, audited: name === ladingName },
        ...{ clients, pieces: created, seconds: createLasts * seconds },
      })
      return { rate }
    },
  }
}

function verifyRow({ entries }: Sizes): Row {
  const goal = { below: 30, unit: 's' }
  return {
    name: `audit verify, ${entries.toLocaleString('en')} entries, SQLite`,
    targets: [ladingName],
    about: `The whole chain with a signed head for each thousand entries. The folder is filled once for all rounds.`,
    figures: [{ id: 'time', name: 'time', unit: 's', better: 'less', goal }],
    checkTakes: fillTakes,
    takes: () => verifyTakes,
    check: async () => undefined,
    async measure({ once }) {
      const { folder } = await once(async () => {
        const made = await freshFolder()
        const data = join(made.path, 'data')
        await runTask({ do: 'fill', folder: data, entries })
        return { folder: data, [Symbol.asyncDispose]: () => made[Symbol.asyncDispose]() }
      })
      return await measureTask({ do: 'verify', folder, entries })
    },
  }
}
