import type { Server } from 'node:net'

/** So short is a turn of the loop in which next to nothing happens, and in which the system let this thread run. */
const shortTurnMs = 0.05
/** Where none comes, a longer one has to do: up to this part of the time that was waited. */
const waitedPart = 0.002

/**
 * Lets in those whose connections the system has made and that wait to be accepted: a listener that is closed resets them,
 * and a client cannot tell that from a server that broke off its work. Node accepts one in each turn of its loop. Resolves
 * in a turn that brought nobody and was short, so that hardly anybody can have come since, if the listener is closed at
 * once; or after `longestMs`, however many still come.
 */
export async function takeWaiting(server: Server, longestMs: number): Promise<void> {
  let came = false
  const count = (): void => {
    came = true
  }
  server.on('connection', count).on('drop', count)
  const first = performance.now()
  // The turn that runs may have looked for connections before.
  await turn()
  for (let begun = performance.now(); ; ) {
    came = false
    await turn()
    const now = performance.now()
    const waited = now - first
    const isShort = now - begun < Math.max(shortTurnMs, waited * waitedPart)
    if ((isShort && !came) || waited > longestMs) break
    begun = now
  }
  server.off('connection', count).off('drop', count)
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
