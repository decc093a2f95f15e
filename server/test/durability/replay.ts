import { createHash } from 'node:crypto'
import { seededRandom } from '../../src/adapters/random/seeded/seeded-random.ts'
import { type FateName, fateNames, fateOf } from './fates.ts'
import { giveBack, lookAtRemains } from './look-at-remains.ts'
import { answeredBy, possibleValues } from './promises.ts'
import { RecordedDisk, type Remains } from './recorded-disk.ts'
import type { Recording } from './recording.ts'
import { ScratchDisk } from './scratch-disk.ts'

export interface ReplayOptions {
  readonly seed: number
  /** How many cuts are looked at; fewer where the recording has no more that differ. */
  readonly states: number
  readonly tell?: (line: string) => void
}

export interface ReplayReport {
  /** Looked at, by what became of that which was not flushed. */
  readonly states: Readonly<Record<FateName, number>>
  /** Cuts beside a flush, and at other points. */
  readonly atFlushes: number
  readonly elsewhere: number
  /** Left out, since they leave what another one left. */
  readonly alike: number
  readonly wrong: readonly string[]
}

/** Cuts of which one is looked at until the space of all that died has come back. */
const givenBackOneIn = 8

interface Cut {
  /** After so many events. */
  readonly after: number
  readonly fate: FateName
  readonly atFlush: boolean
}

/** Cuts the power of a recorded run at many points, and stops at the first loss. */
export async function replay(
  { disk: path, initial, events, asked, answered: before }: Recording,
  options: ReplayOptions,
): Promise<ReplayReport> {
  const random = seededRandom(options.seed)
  const cuts = chooseCuts({ events }, options)
  const disk = new RecordedDisk(path, initial)
  const answered = new Set<string>(before)
  const seen = new Set<string>()
  const states = Object.fromEntries(fateNames.map((name) => [name, 0])) as Record<FateName, number>
  const report = { states, atFlushes: 0, elsewhere: 0, alike: 0, wrong: [] as string[] }
  let done = 0
  using scratch = new ScratchDisk()
  for (const { after, fate, atFlush } of cuts) {
    for (; done < after; done++) {
      const event = events[done]
      if (event === undefined) continue
      disk.apply(event)
      const request = answeredBy(event)
      if (request !== undefined) answered.add(request)
    }
    const remains = disk.cut(fateOf(fate, random))
    const print = fingerprint(remains, answered.size)
    if (seen.has(print)) {
      report.alike++
      continue
    }
    seen.add(print)
    report.states[fate]++
    report[atFlush ? 'atFlushes' : 'elsewhere']++
    const wrong = await lookAtRemains(scratch, remains, possibleValues(asked, answered))
    if (wrong.length === 0 && random.int(givenBackOneIn) === 0) wrong.push(...(await giveBack(scratch)))
    const where = `cut after ${after} of ${events.length} events, ${answered.size} answers, ${fate}`
    options.tell?.(`${where}: ${wrong.length === 0 ? 'nothing is lost' : wrong.join('; ')}`)
    report.wrong.push(...wrong.map((one) => `${where}: ${one}`))
    if (wrong.length > 0) break
  }
  return report
}

/** Before and after every flush with every fate, then as many other points; of more than are wanted, a choice by the seed. */
function chooseCuts({ events }: Pick<Recording, 'events'>, { seed, states }: ReplayOptions): Cut[] {
  const random = seededRandom(seed + 1)
  const flushes = new Set(events.flatMap((event, at) => (event.do === 'sync' ? [at, at + 1] : [])))
  const beside = [...flushes].flatMap((after) => fateNames.map((fate) => ({ after, fate, atFlush: true })))
  const count = Math.min(beside.length, Math.ceil((states * 2) / 3))
  const chosen: Cut[] = Array.from({ length: count }, () => {
    const [one] = beside.splice(random.int(beside.length), 1)
    return one as Cut
  })
  for (let more = states - count; more > 0; more--) {
    const after = 1 + random.int(events.length)
    const fate = fateNames[random.int(fateNames.length)] ?? 'all lost'
    chosen.push({ after, fate, atFlush: flushes.has(after) })
  }
  return chosen.sort((a, b) => a.after - b.after)
}

function fingerprint({ folders, files }: Remains, answers: number): string {
  const hash = createHash('sha256').update(`${answers} ${folders.length}`)
  for (const [path, { bytes, mode }] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    hash.update(`\n${path} ${mode} ${bytes.length}\n`).update(bytes)
  }
  return hash.digest('hex')
}
