import { tmpdir } from 'node:os'
import { setTimeout as wait } from 'node:timers/promises'
import { freshFolder } from '../process/folder.ts'
import { runProgram } from '../process/run-program.ts'
import type { Running } from '../process/serve.ts'
import type { Measured } from '../session/row.ts'

/** A server that has answered once may still be starting threads, or tidying up. */
const settleMs = 700

/** Seconds, roughly, beside the work itself. */
export const freshServerTakes = 1.5

/** On a server with an empty folder, when the disk is quiet and the server has settled. */
export async function onFreshServer<T>(target: Measured, work: (server: Running) => Promise<T>): Promise<T> {
  // What others have written is on the disk before, so that nobody pays for it here.
  await runProgram('sync', ['-f', tmpdir()])
  await using folder = await freshFolder()
  await using server = await target.ready.start(folder.path)
  await wait(settleMs)
  return await work(server)
}
