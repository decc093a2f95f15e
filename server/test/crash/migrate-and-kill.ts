import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout } from 'node:timers/promises'
import { inspectSchema } from '../../src/adapters/store/sqlite/inspect-schema.ts'
import { schema } from '../../src/boot/schema.ts'
import type { Random } from '../../src/ports/random/random.ts'
import { schemaVersion } from '../../src/ports/store/table.ts'
import { checkInvariants } from '../core/invariants.ts'
import { holdsContent, holdsUpload } from '../fixtures/holds-content.ts'
import { openDataFolder } from '../kit/open-data-folder.ts'
import { openPhases, type Phase } from './phases.ts'
import { dataOf, failures, lifeCommand, startLife } from './server.ts'

const firstRelease = join(import.meta.dirname, '../fixtures/data-0.1.0.tar.gz')
const copyBefore = 'lading-before-version-2.db'
/** ms that each step takes longer, so that kills find them. */
const slowMs = 5
/** The copy and the new tables take a tenth of that, what is counted afterwards the rest. */
const longestMs = 800
const lookEveryMs = 2
const deadlineMs = 60_000

/**
 * Starts servers on the data folder of the first release, and kills each at any moment of its migration. Then one may
 * live: all that the folder held must be there. Then the migrations are taken back, which is killed at any moment too, and
 * whatever came of it, a server must find everything again. Answers for each kill what it met.
 */
export async function migrateAndKill(
  above: string,
  random: Pick<Random, 'int'>,
  kills: number,
): Promise<{ readonly met: readonly Set<Phase>[]; readonly wrong: readonly string[] }> {
  const root = join(above, 'older')
  await mkdir(root)
  try {
    execFileSync('tar', ['-C', root, '-xzf', firstRelease])
    const met: Set<Phase>[] = []
    const wrong: string[] = []
    const ways = [forward, back].map((way, at) => ({ way, times: (kills + 1 - at) >> 1 }))
    for (const { way, times } of ways) {
      for (let kill = 0; kill < times; kill++) {
        met.push(await killOnce(root, way, Math.floor(moment(random) * way.share)))
        wrong.push(...way.halves(dataOf(root)))
      }
      if (times > 0) wrong.push(...(await findLost(root)))
    }
    return { met, wrong }
  } finally {
    await rm(root, { recursive: true, force: true })
  }
}

interface Way {
  /** The command; without, a server. */
  readonly words?: readonly string[]
  /** Of the time that a migration forward takes. */
  readonly share: number
  /** What a kill must not leave. */
  halves(data: string): string[]
}

const forward: Way = { share: 1, halves: () => [] }
const back: Way = {
  words: ['migrate', 'down', '--to', '1', '--yes'],
  share: 0.5,
  halves: (data) => {
    const { version, differences } = inspectSchema(data, schema)
    const copy = join(data, `lading-before-down-from-version-${newest}.db`)
    const damaged = existsSync(copy) ? verdictOn(copy, newest) : []
    if (differences?.length === 0 && (version === 1 || version === newest)) return damaged
    return [...damaged, `half taken back, to version ${version}: ${differences?.join('; ')}`]
  },
}
const newest = schemaVersion(schema)

/** More often early, where steps of different kinds follow each other closely. */
function moment(random: Pick<Random, 'int'>): number {
  return Math.floor(random.int(longestMs) ** 2 / longestMs)
}

/** `afterMs`: from the moment at which the migration begins. */
async function killOnce(root: string, { words }: Way, afterMs: number): Promise<Set<Phase>> {
  const log = join(root, 'phases')
  await rm(log, { force: true })
  const options = { log, slow: slowMs, ...(words === undefined ? {} : { words }) }
  const { program, args, cwd, env } = await lifeCommand(root, options)
  const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const closed = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      printed += chunk.toString()
    })
  }
  // Whoever is quicker than the kill has nothing left to migrate: a server listens then, a command has ended.
  const isOver = (): boolean => printed.includes('Lading listens') || (words !== undefined && hasEnded())
  const hasEnded = (): boolean => child.exitCode !== null
  try {
    const until = performance.now() + deadlineMs
    while (!openPhases(log).has('migration') && !isOver()) {
      if (hasEnded() || performance.now() > until) throw new Error(`it does not migrate:\n${printed}`)
      await setTimeout(lookEveryMs)
    }
    await setTimeout(afterMs)
  } finally {
    child.kill('SIGKILL')
  }
  const [code, signal] = await closed
  if (signal === 'SIGKILL') return openPhases(log)
  // Where an earlier one was killed when all was done, there is nothing to take back.
  const isDone = code === 0 || printed.includes('there is none before')
  if (words !== undefined && isDone) return new Set()
  throw new Error(`what migrates an older data folder ended by itself (${code}):\n${printed}`)
}

async function findLost(root: string): Promise<string[]> {
  const data = dataOf(root)
  const wrong: string[] = []
  const check = async (what: string, work: () => unknown): Promise<void> => {
    try {
      await work()
    } catch (error) {
      wrong.push(`${what}: ${error instanceof Error ? error.message : error}`)
    }
  }
  using server = await startLife(root)
  await check('after a migration', () => holdsContent(server.url))
  const upload = await readFile(join(data, 'unfinished-upload'), 'utf8')
  await check('an upload after a migration', () => holdsUpload(server.url, upload))
  await server.end('SIGTERM')
  wrong.push(...failures(server.printed()).map((line) => `the server says: ${line}`))
  await check('the rows after a migration', async () => {
    await using opened = await openDataFolder(data, Date.now)
    await checkInvariants(opened.core)
  })
  await check('the copy from before a migration', () => checkCopy(join(data, copyBefore)))
  return wrong
}

function checkCopy(path: string): void {
  const [wrong] = verdictOn(path, 1)
  if (wrong !== undefined) throw new Error(wrong)
}

function verdictOn(path: string, wanted: number): string[] {
  using copy = new DatabaseSync(path, { readOnly: true })
  const version = copy.prepare('SELECT version FROM "_schema"').get()?.['version']
  const verdict = copy.prepare('PRAGMA integrity_check').get()?.['integrity_check']
  return version === wanted && verdict === 'ok' ? [] : [`${path} has version ${version} and is ${verdict}`]
}
