import type { EventBus } from '../core/events/event-bus.ts'
import type { Position } from '../ports/store/store.ts'
import type { Embedded } from './embedded.ts'
import { type EventOf, type RegistryEvent, type RegistryEventKind, readEvents } from './registry-events.ts'
import { warnOf } from './warn-of.ts'

/** ms. A store that cannot be read is asked again after so long. */
const retryDelay = 1_000

/** Told of what went wrong where nobody waits for an answer. What it fails with itself is a warning of the process. */
export type OnError = (error: unknown) => void

/** May answer with a promise; nobody waits for it, and what it fails with is told to `onError`. */
export type Listener<K extends RegistryEventKind | '*'> = (event: EventOf<K>) => unknown

/**
 * Whoever listens to what happens from now on. Each reads the log by itself, from where it ended when the listener came: so
 * none hears of anything earlier, and none of anything twice.
 */
export class RegistryListeners {
  readonly #reach: () => Embedded
  readonly #onError: OnError
  readonly #listeners = new Set<Following>()

  /** @param reach what the backend holds, whatever transaction the caller is in; throws while it is not connected */
  constructor(reach: () => Embedded, onError: OnError) {
    this.#reach = reach
    this.#onError = unfailing(onError)
  }

  /** Answers with what ends it. */
  add<K extends RegistryEventKind | '*'>(kind: K, listener: Listener<K>): () => void {
    const following = new Following(
      (event) => {
        if (kind === '*' || event.kind === kind) this.#call(listener as Listener<'*'>, event)
      },
      { onError: this.#onError, isHeld: ({ events }) => this.#reached()?.events === events },
    )
    this.#listeners.add(following)
    this.#start(following)
    return () => {
      this.#listeners.delete(following)
      following.stop()
    }
  }

  /** Those that came before the backend was connected begin now. Waited for before a change, so that it is heard. */
  begun(): Promise<unknown> | undefined {
    if (this.#listeners.size === 0) return undefined
    const starting = [...this.#listeners].map((following) => this.#start(following))
    return starting.some((one) => one !== undefined) ? Promise.all(starting) : undefined
  }

  #start(following: Following): Promise<unknown> | undefined {
    const face = this.#reached()
    return face && following.start(face)
  }

  /** undefined: not connected. Whoever calls hears of that, and a listener waits for a connection. */
  #reached(): Embedded | undefined {
    try {
      return this.#reach()
    } catch {
      return undefined
    }
  }

  #call(listener: Listener<'*'>, event: RegistryEvent): void {
    try {
      const answer = listener(event)
      if (answer instanceof Promise) answer.catch(this.#onError)
    } catch (error) {
      this.#onError(error)
    }
  }
}

/** Nobody is there to catch what it throws. */
function unfailing(onError: OnError): OnError {
  return (error) => {
    try {
      const answer: unknown = onError(error)
      if (answer instanceof Promise) answer.catch(warnOf)
    } catch (failure) {
      warnOf(failure)
    }
  }
}

/** One reader of the log, on one connection after the other. */
class Following {
  readonly #take: (event: RegistryEvent) => void
  readonly #parts: FollowingParts
  #bus: EventBus | undefined
  #begun: Promise<unknown> | undefined
  #ending = new AbortController()

  constructor(take: (event: RegistryEvent) => void, parts: FollowingParts) {
    this.#take = take
    this.#parts = parts
  }

  /** Where the log ends is asked in the turn of the call. undefined: it reads already. */
  start(face: Embedded): Promise<unknown> | undefined {
    if (this.#bus === face.events) return this.#begun
    this.#ending.abort()
    this.#ending = new AbortController()
    this.#bus = face.events
    const end = face.events.last()
    const begun = end
      .catch(() => {})
      .finally(() => {
        if (this.#begun === begun) this.#begun = undefined
      })
    this.#begun = begun
    void this.#follow(face, end, this.#ending.signal)
    return begun
  }

  stop(): void {
    this.#ending.abort()
  }

  async #follow(face: Embedded, end: Promise<Position | undefined>, signal: AbortSignal): Promise<void> {
    for (let place = end; !signal.aborted; ) {
      try {
        for await (const event of readEvents(face, await place, signal)) {
          if (signal.aborted) return
          place = Promise.resolve(event.sequence as Position)
          this.#take(event)
        }
      } catch (error) {
        if (signal.aborted || !this.#parts.isHeld(face)) return
        this.#parts.onError(error)
        await pause(signal)
        // What could not be asked then has to be asked now.
        place = place.catch(() => face.events.last())
      }
    }
  }
}

interface FollowingParts {
  readonly onError: OnError
  /** Whether the backend still is connected, and by this connection. */
  readonly isHeld: (face: Embedded) => boolean
}

/** Ends early with the signal, and does not keep the process alive. */
async function pause(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const wake = (): void => resolve()
  const timer = setTimeout(wake, retryDelay)
  timer.unref()
  signal.addEventListener('abort', wake)
  if (!signal.aborted) await promise
  clearTimeout(timer)
  signal.removeEventListener('abort', wake)
}
