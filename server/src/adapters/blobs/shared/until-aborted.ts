/**
 * The items of `source` until the signal aborts; then its reason is thrown, even while the source brings nothing.
 * The source is told by `return`, and not waited for: one that hangs must not hold up who gives up on it.
 */
export async function* untilAborted<T>(
  source: AsyncIterable<T>,
  signal: AbortSignal,
): AsyncGenerator<T, void> {
  signal.throwIfAborted()
  const iterator = source[Symbol.asyncIterator]()
  let giveUp: ((reason: unknown) => void) | undefined
  const onAbort = (): void => giveUp?.(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  // One promise a step: racing each step against one promise that lives as long as the upload would pile up reactions.
  const step = (): Promise<IteratorResult<T>> =>
    new Promise((resolve, reject) => {
      giveUp = reject
      iterator.next().then(resolve, reject)
    })
  let ended = false
  try {
    while (true) {
      signal.throwIfAborted()
      const next = await step().catch((error: unknown) => {
        ended = !signal.aborted
        throw error
      })
      if (next.done === true) {
        ended = true
        return
      }
      yield next.value
    }
  } finally {
    signal.removeEventListener('abort', onAbort)
    if (!ended) dismiss(iterator)
  }
}

/** What a source says when it is no longer wanted concerns nobody. */
function dismiss(iterator: AsyncIterator<unknown>): void {
  Promise.resolve(iterator.return?.()).catch(() => undefined)
}
