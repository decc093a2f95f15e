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

/** Nothing waits to be written to the disk: what others have left there is paid for by nobody who is measured. */
export async function quietDisk(): Promise<void> {
  await runProgram('sync', ['-f', tmpdir()])
}

/** A server with an empty folder that has settled. Disposal ends it and removes the folder. */
export async function freshServer({ ready }: Measured): Promise<Running> {
  await using stack = new AsyncDisposableStack()
  const folder = stack.use(await freshFolder())
  const server = stack.use(await ready.start(folder.path))
  await wait(settleMs)
  const both = stack.move()
  return { ...server, [Symbol.asyncDispose]: () => both.disposeAsync() }
}
