import type { Server } from 'node:net'

/**
 * Lets in those whose connections the system has made and that wait to be accepted: a listener that is closed resets them,
 * and a client cannot tell that from a server that broke off its work. Node accepts one in each turn of its loop.
 * Resolves in a turn that brought nobody, before anything else happens, so that the listener can be closed at once; or
 * after `longestMs`, however many still come.
 */
export async function takeWaiting(server: Server, longestMs: number): Promise<void> {
  let came = false
  const count = (): void => {
    came = true
  }
  server.on('connection', count).on('drop', count)
  const late = performance.now() + longestMs
  // The turn that runs may have looked for connections before.
  await turn()
  do {
    came = false
    await turn()
  } while (came && performance.now() < late)
  server.off('connection', count).off('drop', count)
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
