import type { Position } from '../ports/store/store.ts'
import type { Embedded } from './embedded.ts'
import { flatErrorOf } from './flat-errors.ts'
import { invalid, textIn } from './read/given.ts'
import { type RegistryEvent, readEvents } from './registry-events.ts'

const longestSequence = 200
/** Beyond, node fires at once. */
const longestTimerMs = 2_147_483_647

/**
 * The events behind a place. Unlike a plain generator it ends at once where somebody calls `return` while it waits for news,
 * and whoever waits for the next one keeps the process alive: with `for await` that is all that a program may wait for.
 * @param reach throws while the backend is not connected
 * @throws ValidationError; the rest is thrown where it is read, UNAVAILABLE once the backend is disconnected
 */
export function iterateEvents(
  reach: () => Embedded,
  { from, signal }: { readonly from?: string | number; readonly signal?: AbortSignal },
): AsyncGenerator<RegistryEvent, void> {
  const place = from === undefined ? undefined : placeIn(from)
  const ending = new AbortController()
  const either = signal === undefined ? ending.signal : AbortSignal.any([signal, ending.signal])
  const read = readFrom(reach, place, either)
  const iterator: AsyncGenerator<RegistryEvent, void> = {
    next: () => keptAlive(() => read.next()),
    return: (value) => {
      ending.abort()
      return read.return(value)
    },
    throw: async (error) => {
      await iterator.return()
      throw error
    },
    [Symbol.asyncIterator]: () => iterator,
    [Symbol.asyncDispose]: async () => {
      await iterator.return()
    },
  }
  return iterator
}

async function* readFrom(
  reach: () => Embedded,
  place: Position | undefined,
  signal: AbortSignal,
): AsyncGenerator<RegistryEvent, void> {
  try {
    yield* readEvents(reach(), place, signal)
  } catch (error) {
    throw flatErrorOf(error)
  }
}

/** News come from what is not waited for otherwise: another context, or a message. */
async function keptAlive<T>(work: () => Promise<T>): Promise<T> {
  const holding = setInterval(() => undefined, longestTimerMs)
  try {
    return await work()
  } finally {
    clearInterval(holding)
  }
}

/** 0 is before the first, as in every store that counts. */
function placeIn(from: unknown): Position | undefined {
  if (from === 0 || from === '0') return undefined
  if (typeof from === 'number') {
    if (Number.isSafeInteger(from) && from > 0) return String(from) as Position
    throw invalid('from', 'it is no sequence number')
  }
  return textIn(from, 'from', longestSequence) as Position
}
