import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { exchange, oneConnection } from '../load/exchange.ts'
import { type Folder, freshFolder } from '../process/folder.ts'
import { residentMb } from '../process/resident-mb.ts'
import { runProgram } from '../process/run-program.ts'
import { type Figure, type Measured, type Row, WrongAnswer } from '../session/row.ts'
import { spreadOf } from '../statistics/spread.ts'
import { type Filling, repositoryAt, tagAt } from './filling.ts'
import { largeName, smallName } from './target-names.ts'

interface Pair {
  /** How many repositories each of the row's targets has. */
  readonly sizes: Readonly<Record<string, number>>
  readonly tags: number
}

const program = join(import.meta.dirname, 'fill-program.ts')
const fillDeadlineMs = 20 * 60_000
const goal = { atMost: 1.3, against: [smallName] }
/** Names on a page of the catalog. */
const pageSize = 100
/** Seconds, roughly: a start, an end and the copying of the folder in the page cache. */
const startTakes = 1
/** Seconds, roughly, for both sizes; half of it is each target's. */
const fillTakes = 180

export const largeRows: readonly Row[] = [
  largeRow({ sizes: { [largeName]: 100_000, [smallName]: 1000 }, tags: 10 }),
]

/** What grows with the registry, and should not: one and the same of two sizes. */
export function largeRow({ sizes, tags }: Pair): Row {
  const figure = (id: string, name: string, unit: string): Figure => {
    return { id, name, unit, better: 'less', goal }
  }
  const filled = async (target: Measured): Promise<Folder> => {
    return await target.once(() => fill({ repositories: sizes[target.name] ?? 0, tags }))
  }
  return {
    name: 'a large registry',
    targets: Object.keys(sizes),
    about: `Each repository has ${tags} tags on a manifest with one blob. Filled once, by pushing one repository and copying its rows through the store, without entries in the audit log. One client asks for pages of the catalog, ${pageSize} names each, and for the tags of repositories, at places spread evenly over all of them: the median of all answers. Memory is the resident set of the whole process after that.`,
    figures: [
      figure('catalog', 'page of the catalog', 'ms'),
      figure('tags', 'list of tags', 'ms'),
      figure('start', 'start to first answer', 'ms'),
      figure('memory', 'memory', 'MB'),
    ],
    checkTakes: startTakes + fillTakes / 2,
    takes: (seconds) => startTakes + seconds,
    async check(target) {
      const { path } = await filled(target)
      const repositories = sizes[target.name] ?? 0
      await using server = await target.ready.start(path)
      await expectNames(`${server.origin}/v2/_catalog?n=2&last=${repositoryAt(repositories - 3)}`, [
        repositoryAt(repositories - 2),
        repositoryAt(repositories - 1),
      ])
      const all = Array.from({ length: tags }, (_, at) => tagAt(at)).sort()
      await expectNames(`${server.origin}/v2/${repositoryAt(repositories - 1)}/tags/list`, all)
    },
    async measure(target, seconds) {
      const { path } = await filled(target)
      const repositories = sizes[target.name] ?? 0
      await using server = await target.ready.start(path)
      const catalog = await medianMs(seconds / 2, (turn) => {
        const last = repositoryAt(placeOf(turn, repositories - pageSize))
        return `${server.origin}/v2/_catalog?n=${pageSize}&last=${last}`
      })
      const list = await medianMs(seconds / 2, (turn) => {
        return `${server.origin}/v2/${repositoryAt(placeOf(turn, repositories))}/tags/list`
      })
      return { catalog, tags: list, start: server.startMs, memory: await residentMb(server.pid) }
    },
  }
}

async function fill(filling: Omit<Filling, 'data'>): Promise<Folder> {
  const folder = await freshFolder()
  try {
    const data = join(folder.path, 'data')
    await mkdir(data)
    await runProgram(process.execPath, [program, JSON.stringify({ ...filling, data })], fillDeadlineMs)
    return folder
  } catch (error) {
    await folder[Symbol.asyncDispose]()
    throw error
  }
}

/** 0 to `count` - 1, each turn far from the last one, the same in each run. */
function placeOf(turn: number, count: number): number {
  const goldenRatio = 0.618_033_988_75
  return Math.floor(((turn * goldenRatio) % 1) * count)
}

/** Of one client's questions, one after the other; the first, which opens the connection, does not count. */
async function medianMs(seconds: number, urlOf: (turn: number) => string): Promise<number> {
  const agent = oneConnection()
  const times: number[] = []
  const ask = async (turn: number): Promise<void> => {
    const url = new URL(urlOf(turn))
    const { status } = await exchange(agent, { method: 'GET', url })
    if (status !== 200) throw new Error(`GET ${url.pathname}: ${status}, not 200`)
  }
  try {
    await ask(0)
    const end = performance.now() + seconds * 1000
    do {
      const begun = performance.now()
      await ask(times.length + 1)
      times.push(performance.now() - begun)
    } while (performance.now() < end)
  } finally {
    agent.destroy()
  }
  return spreadOf(times).median
}

/** Of the one list in an answer. */
async function expectNames(url: string, wanted: readonly string[]): Promise<void> {
  const agent = oneConnection()
  try {
    const { status, body } = await exchange(agent, { method: 'GET', url: new URL(url) })
    const { repositories, tags } = JSON.parse(`${body}`) as { repositories?: string[]; tags?: string[] }
    const names = repositories ?? tags ?? []
    if (status !== 200 || names.join() !== wanted.join()) {
      throw new WrongAnswer(`GET ${url}: ${status} ${names}, not ${wanted}`)
    }
  } finally {
    agent.destroy()
  }
}
