import { setTimeout as wait } from 'node:timers/promises'
import { freshFolder } from '../process/folder.ts'
import { residentMb } from '../process/resident-mb.ts'
import type { Measured, Row } from '../session/row.ts'
import { expectPing } from './expect-answer.ts'
import { starting } from './target-names.ts'

const mostStartMs = 400
const mostIdleMb = 120

/** Seconds of a start and an end, roughly. */
const startTakes = 0.7

const start: Row = {
  name: 'start and idle memory',
  targets: starting,
  about:
    'Of the second start on a folder; the programs are in the page cache. Memory is the resident set of the whole process after some seconds of rest.',
  figures: [
    {
      id: 'start',
      name: 'start to first answer',
      unit: 'ms',
      better: 'less',
      goal: { below: mostStartMs, unit: 'ms' },
    },
    {
      id: 'memory',
      name: 'idle memory',
      unit: 'MB',
      better: 'less',
      goal: { below: mostIdleMb, unit: 'MB' },
    },
  ],
  checkTakes: startTakes,
  takes: (seconds) => 2 * startTakes + seconds,
  check: checkStart,
  async measure(target, seconds) {
    await using folder = await freshFolder()
    // The first start makes the folder, which is not what is measured.
    await (await target.ready.start(folder.path))[Symbol.asyncDispose]()
    await using server = await target.ready.start(folder.path)
    await wait(seconds * 1000)
    return { start: server.startMs, memory: await residentMb(server.pid) }
  },
}

export const startRows: readonly Row[] = [start]

async function checkStart({ ready }: Measured): Promise<void> {
  await using folder = await freshFolder()
  await using server = await ready.start(folder.path)
  await expectPing(server.origin)
}
