import { readFile } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { freshFolder } from '../process/folder.ts'
import type { Running } from '../process/serve.ts'
import { type Measured, type Row, WrongAnswer } from '../session/row.ts'
import { expectPing } from './expect-answer.ts'
import { starting } from './target-names.ts'

const kibPerMib = 1024
const mostStartMs = 400
const mostIdleMib = 120

const coldStart: Row = {
  name: 'start to first answer',
  unit: 'ms',
  better: 'less',
  targets: starting,
  goal: { below: mostStartMs, unit: 'ms' },
  about: 'The second start on a folder; the programs are in the page cache.',
  check: checkStart,
  async measure(target) {
    return await afterRestart(target, async ({ startMs }) => startMs)
  },
}

const idleMemory: Row = {
  name: 'idle memory',
  unit: 'MiB',
  better: 'less',
  targets: starting,
  goal: { below: mostIdleMib, unit: 'MiB' },
  about: 'Resident set after the second start on a folder and some seconds of rest.',
  check: checkStart,
  async measure(target, seconds) {
    return await afterRestart(target, async ({ pid }) => {
      await wait(seconds * 1000)
      return await residentMib(pid)
    })
  },
}

export const startRows: readonly Row[] = [coldStart, idleMemory]

async function checkStart({ ready }: Measured): Promise<void> {
  await using folder = await freshFolder()
  await using server = await ready.start(folder.path)
  await expectPing(server.origin)
}

/** The first start makes the folder, which is not what is measured. */
async function afterRestart(target: Measured, look: (server: Running) => Promise<number>): Promise<number> {
  await using folder = await freshFolder()
  await (await target.ready.start(folder.path))[Symbol.asyncDispose]()
  await using server = await target.ready.start(folder.path)
  return await look(server)
}

async function residentMib(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]
  if (kib === undefined) throw new WrongAnswer(`no VmRSS in /proc/${pid}/status`)
  return Number(kib) / kibPerMib
}
