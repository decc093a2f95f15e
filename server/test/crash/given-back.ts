import type { Composed } from '../../src/boot/compose.ts'
import { files, uploads } from '../../src/core/content/tables.ts'
import { collect } from '../../src/core/gc/collect.ts'
import { emptyTrash } from '../../src/core/gc/empty-trash.ts'
import { expireUploads } from '../../src/core/gc/expire-uploads.ts'
import { sweep } from '../../src/core/gc/sweep.ts'
import type { Limits } from '../../src/core/ledger/limits.ts'
import { jobHandlers } from '../../src/jobs/handlers.ts'
import { allFiles, allRows, checkInvariants } from '../core/invariants.ts'
import { type OpenedFolder, openDataFolder } from '../kit/open-data-folder.ts'
import { graceMs, trashMs, uploadLifetimeMs } from './server.ts'

/** Longer than anything waits: uploads end, nothing that is unnamed is young, the trash is due. */
export const longWhileMs: number = uploadLifetimeMs + graceMs + trashMs + 60_000

export interface GivenBack {
  readonly uploads: number
  readonly holdings: number
  /** Files that no row knew. */
  readonly strays: number
  readonly files: number
  readonly bytes: number
  readonly wrong: readonly string[]
}

/**
 * Lets a long while pass for a data folder that no server runs on: all that died on the way must go then, and what
 * stays must agree with itself. `ahead`: ms by which its clock is ahead.
 */
export async function letTimePass(folder: string, ahead: number): Promise<GivenBack> {
  return await letTimePassFor((now) => openDataFolder(folder, now, endingLimits), ahead)
}

export const endingLimits: Partial<Limits> = {
  graceTime: graceMs,
  trashDelay: trashMs,
  uploadLifetime: uploadLifetimeMs,
}

/** The same for what `open` opens, with that clock. */
export async function letTimePassFor(
  open: (now: () => number) => Promise<OpenedFolder>,
  ahead: number,
): Promise<GivenBack> {
  let later = ahead + longWhileMs
  await using composed = await open(() => Date.now() + later)
  const before = await allFiles(composed.core)
  const gone = await clean(composed, () => {
    later += longWhileMs
  })
  const bytes = sum(before) - sum(await allFiles(composed.core))
  return { ...gone, bytes, wrong: await findLeft(composed) }
}

async function clean(composed: Composed, wait: () => void): Promise<Omit<GivenBack, 'bytes' | 'wrong'>> {
  const { core, journal } = composed
  const { signal } = new AbortController()
  await journal.drain(jobHandlers(composed, []))
  const expired = await expireUploads(core, signal)
  wait()
  const { holdings } = await collect(core, signal)
  const strays = await sweep(core, signal)
  wait()
  return { uploads: expired, holdings, strays, files: await emptyTrash(core, signal) }
}

async function findLeft({ core }: Composed): Promise<string[]> {
  const wrong: string[] = []
  const left = await allRows(core.store as Parameters<typeof allRows>[0], uploads)
  if (left.length > 0) wrong.push(`${left.length} uploads are left`)
  const rows = await allRows(core.store as Parameters<typeof allRows>[0], files)
  const known = rows.map(({ file, state }) => `${file} ${state}`).sort()
  const stored = [...(await allFiles(core)).keys()].map((file) => `${file} blob`).sort()
  if (known.join() !== stored.join()) {
    wrong.push(`the rows know ${known.join(', ')}; on the disk are ${stored.join(', ')}`)
  }
  await checkInvariants(core).catch((error: unknown) => wrong.push(String(error)))
  return wrong
}

const sum = (lengths: ReadonlyMap<string, number>): number =>
  [...lengths.values()].reduce((all, one) => all + one, 0)
