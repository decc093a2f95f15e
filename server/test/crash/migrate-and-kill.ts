import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout } from 'node:timers/promises'
import type { Random } from '../../src/ports/random/random.ts'
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
 * live: all that the folder held must be there. Answers for each kill what it met.
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
    for (let kill = 0; kill < kills; kill++) met.push(await killOnce(root, moment(random)))
    return { met, wrong: await findLost(root) }
  } finally {
    await rm(root, { recursive: true, force: true })
  }
}

/** More often early, where steps of different kinds follow each other closely. */
function moment(random: Pick<Random, 'int'>): number {
  return Math.floor(random.int(longestMs) ** 2 / longestMs)
}

/** `afterMs`: from the moment at which the migration begins. */
async function killOnce(root: string, afterMs: number): Promise<Set<Phase>> {
  const log = join(root, 'phases')
  await rm(log, { force: true })
  const { program, args, cwd, env } = await lifeCommand(root, { log, slow: slowMs })
  const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const closed = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      printed += chunk.toString()
    })
  }
  try {
    const until = performance.now() + deadlineMs
    // One that has nothing left to migrate comes to listen.
    while (!openPhases(log).has('migration') && !printed.includes('Lading listens')) {
      if (child.exitCode !== null || performance.now() > until)
        throw new Error(`it does not migrate:\n${printed}`)
      await setTimeout(lookEveryMs)
    }
    await setTimeout(afterMs)
  } finally {
    child.kill('SIGKILL')
  }
  const [code, signal] = await closed
  if (signal !== 'SIGKILL')
    throw new Error(`a server on an older data folder ended by itself (${code}):\n${printed}`)
  return openPhases(log)
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
  const copy = new DatabaseSync(path, { readOnly: true })
  try {
    const version = copy.prepare('SELECT version FROM "_schema"').get()?.['version']
    const verdict = copy.prepare('PRAGMA integrity_check').get()?.['integrity_check']
    if (version !== 1 || verdict !== 'ok') throw new Error(`it has version ${version} and is ${verdict}`)
  } finally {
    copy.close()
  }
}
