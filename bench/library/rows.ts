import { openSqliteStore } from '../../server/src/adapters/store/sqlite/sqlite-store.ts'
import { schema } from '../../server/src/boot/schema.ts'
import { type Folder, freshFolder } from '../process/folder.ts'
import { type Figure, type Measured, type Row, WrongAnswer } from '../session/row.ts'
import type { Goal } from '../statistics/goal.ts'
import { type FilledFolder, filledFolder } from './filled-folder.ts'
import { narrowings } from './narrowings.ts'
import { measureTask, runTask } from './run-task.ts'
import { largeName, layerOf, smallName } from './targets.ts'

export interface Sizes {
  readonly large: number
  readonly small: number
  /** Made in memory before it is read. */
  readonly inMemory: number
  /** At most, in one measurement. */
  readonly created: number
  readonly imported: number
  /** The deep page of a list. */
  readonly page: number
}

export const usualSizes: Sizes = {
  large: 1_000_000,
  small: 10_000,
  inMemory: 2_000,
  created: 4_000,
  imported: 5_000,
  page: 1_000,
}

const clients = 16
const pageSize = 10
/** Seconds, roughly: a process starts, and opens a folder. */
const startTakes = 2
/** Seconds, roughly, for a million artifacts. */
const fillTakes = 1_200

const below = (ms: number): Goal => ({ below: ms, unit: 'ms' })

/** `cache`: where filled folders are kept. */
export function libraryRows(sizes: Sizes, cache: string): readonly Row[] {
  const large = (): Promise<FilledFolder> => filledFolder(cache, sizes.large)
  return [
    readInMemory(sizes),
    readRow(large, sizes),
    createRow(sizes),
    ...listRows(large, sizes),
    importRow(sizes),
    growthRow(cache, sizes),
  ]
}

const p95 = (goal?: Goal): Figure => figure({ id: 'p95', name: 'p95', unit: 'ms', better: 'less' }, goal)
const rate = (unit: string, goal?: Goal): Figure =>
  figure({ id: 'rate', name: 'rate', unit, better: 'more' }, goal)

function figure(plain: Omit<Figure, 'goal'>, goal: Goal | undefined): Figure {
  return { ...plain, ...(goal !== undefined && { goal }) }
}

const nothingToCheck = async (): Promise<void> => undefined

function readInMemory({ inMemory }: Sizes): Row {
  return {
    name: 'read by id, in memory',
    targets: ['lading in memory', 'map'],
    about: `One reader of ${inMemory} artifacts, which waits for each answer.`,
    figures: [p95(below(0.05)), rate('reads/s')],
    checkTakes: 0,
    takes: (seconds) => 2 * startTakes + 1.3 * seconds,
    check: nothingToCheck,
    measure: ({ name }, seconds) =>
      measureTask({ do: 'read', layer: layerOf(name), folder: '', artifacts: inMemory, seconds }),
  }
}

function readRow(large: () => Promise<FilledFolder>, sizes: Sizes): Row {
  const said = new Agreement()
  return {
    name: 'read by id, SQLite',
    targets: ['lading', 'bare get', 'by hand', 'drizzle'],
    about: `One reader, which waits for each answer; artifacts at places spread evenly over ${sizes.large.toLocaleString('en')} of them, that were read before. \`bare get\` reads the artifact's row and nothing of its source, and answers with its columns.`,
    figures: [p95(below(0.2)), rate('reads/s', { times: 0.5, against: ['bare get'] })],
    checkTakes: fillTakes / 4,
    takes: (seconds) => startTakes + 1.3 * seconds,
    check: async ({ name }) => {
      const { data, facts } = await large()
      const task = { do: 'look', folder: data, artifacts: sizes.large, pageSize, facts } as const
      if (name !== 'bare get') said.hold(name, await runTask({ ...task, layer: layerOf(name) }))
    },
    measure: async ({ name }, seconds) => {
      const { data } = await large()
      return await measureTask({
        do: 'read',
        layer: layerOf(name),
        folder: data,
        artifacts: sizes.large,
        seconds,
      })
    },
  }
}

/** Layers are compared only where they say the same. */
class Agreement {
  #first: { readonly name: string; readonly said: string } | undefined

  hold(name: string, answer: Readonly<Record<string, unknown>>): void {
    const said = String(answer['said'])
    this.#first ??= { name, said }
    if (this.#first.said !== said) throw new WrongAnswer(`it answers otherwise than ${this.#first.name}`)
  }
}

function createRow({ created }: Sizes): Row {
  return {
    name: `create, durable, ${clients} clients, SQLite`,
    targets: ['lading', 'by hand', 'drizzle'],
    about: `Each client waits for its own answer, and what is answered has been flushed. An artifact with one published version is some thirty rows; \`by hand\` and \`drizzle\` are given the rows that Lading makes of the same artifacts, ready to be inserted. Every measurement begins with an empty folder and makes ${created} artifacts at most.`,
    figures: [p95(below(10)), rate('artifacts/s', { times: 0.6, against: ['by hand'] })],
    checkTakes: 0,
    takes: (seconds) => 2 * startTakes + seconds,
    check: nothingToCheck,
    async measure({ name }, seconds) {
      await using folder = await withTables()
      return await measureTask({
        do: 'create',
        layer: layerOf(name),
        folder: folder.path,
        clients,
        pieces: created,
        seconds,
      })
    },
  }
}

function listRows(large: () => Promise<FilledFolder>, { large: artifacts, page }: Sizes): readonly Row[] {
  const names = narrowings({ kind: '', organization: '', author: '', topic: '' }).map(({ name }) => name)
  return names.map((combination, at) => ({
    name: `find by ${combination}, SQLite`,
    targets: ['lading', 'by hand', 'drizzle'],
    about: `Pages of ${pageSize} of the most frequent ones among ${artifacts.toLocaleString('en')}, by cursor, in each of the six orders; told is the slowest order. The deep page is the ${page.toLocaleString('en')}th, or the last where there are not so many.`,
    figures: [
      { id: 'first', name: 'first page, p95', unit: 'ms', better: 'less', goal: below(5) },
      { id: 'deep', name: 'deep page, p95', unit: 'ms', better: 'less', goal: below(5) },
      {
        id: 'depth',
        name: 'deep page / first page, medians',
        unit: 'times',
        better: 'less',
        goal: { below: 1.5, unit: 'times' },
      },
    ],
    checkTakes: 0,
    takes: (seconds) => 2 * startTakes + 1.3 * seconds,
    check: nothingToCheck,
    async measure({ name }: Measured, seconds: number) {
      const { data, facts } = await large()
      const by = narrowings(facts)[at]?.by
      if (by === undefined) throw new Error(`nothing is known of ${combination}`)
      return await measureTask({
        do: 'list',
        layer: layerOf(name),
        folder: data,
        by,
        pageSize,
        page,
        seconds,
      })
    },
  }))
}

function importRow({ imported }: Sizes): Row {
  return {
    name: 'bulk import, SQLite',
    targets: ['lading', 'by hand'],
    about: `The rows of ${imported.toLocaleString('en')} artifacts, ready to be inserted, into an empty folder that has the tables: with prepared statements, in one transaction, the orders made at its end.`,
    figures: [rate('rows/s', { times: 0.6, against: ['by hand'] })],
    checkTakes: 0,
    takes: () => 4 * startTakes,
    check: nothingToCheck,
    async measure({ name }) {
      await using folder = await withTables()
      return await measureTask({ do: 'import', layer: layerOf(name), folder: folder.path, pieces: imported })
    },
  }
}

function growthRow(cache: string, sizes: Sizes): Row {
  const artifacts: Readonly<Record<string, number>> = { [largeName]: sizes.large, [smallName]: sizes.small }
  const grown: Goal = { atMost: 1.5, against: [smallName] }
  return {
    name: 'growth, SQLite',
    targets: [largeName, smallName],
    about: `Medians of one reader, and of ${clients} clients that create; memory is the resident set of the whole process after that.`,
    figures: [
      { id: 'read', name: 'read by id', unit: 'ms', better: 'less', goal: grown },
      { id: 'create', name: 'create', unit: 'ms', better: 'less', goal: grown },
      { id: 'memory', name: 'memory', unit: 'MB', better: 'less', goal: { below: 300, unit: 'MB' } },
    ],
    checkTakes: 0,
    takes: (seconds) => 2 * startTakes + 1.3 * seconds,
    check: nothingToCheck,
    async measure({ name }, seconds) {
      const count = artifacts[name] ?? 0
      const { data } = await filledFolder(cache, count)
      return await measureTask({
        do: 'live',
        folder: data,
        artifacts: count,
        clients,
        pieces: Math.ceil(sizes.created / 4),
        seconds,
      })
    },
  }
}

/** A folder with the tables of this release, and nothing in them. */
async function withTables(): Promise<Folder> {
  const folder = await freshFolder()
  await (await openSqliteStore({ folder: folder.path }, schema)).close()
  return folder
}
