import { setTimeout as pause } from 'node:timers/promises'
import { Slots } from '../../../domain/slots.ts'
import { BlobsError } from '../../../ports/blobs/errors.ts'

export interface ReadPlacesOptions {
  /** Connections that may be read from at a time. */
  readonly most: number
  /** ms for which nobody asks a reader for more, after which it gives way. */
  readonly quietMs: number
}

interface Waiting {
  readonly take: (place: ReadPlace) => void
}

/** How often in its quiet time a reader is looked at while somebody waits. */
const looks = 4

/**
 * The connections that files are read by. Where there are more readers, one whose client takes nothing gives way to one
 * who waits, and comes back to wait when it is asked for more. First come, first served.
 */
export class ReadPlaces {
  readonly #options: ReadPlacesOptions
  readonly #taken = new Slots<ReadPlace>()
  readonly #waiting: Waiting[] = []
  #look: NodeJS.Timeout | undefined
  #serving = false

  constructor(options: ReadPlacesOptions) {
    this.#options = options
  }

  /** @throws BlobsError `busy` where none came free for `waitMs`; the signal's reason where it aborts */
  async take(waitMs: number, signal: AbortSignal): Promise<ReadPlace> {
    signal.throwIfAborted()
    if (this.#waiting.length === 0 && this.#taken.size < this.#options.most) return this.#make()
    const turn = Promise.withResolvers<ReadPlace>()
    const waiting: Waiting = { take: turn.resolve }
    this.#waiting.push(waiting)
    this.#serve()
    const late = new AbortController()
    const until = AbortSignal.any([signal, late.signal])
    const place = await Promise.race([
      turn.promise,
      pause(waitMs, undefined, { signal: until }).catch(() => undefined),
    ])
    late.abort()
    if (place !== undefined) return place
    const at = this.#waiting.indexOf(waiting)
    if (at >= 0) this.#waiting.splice(at, 1)
    // Served at the very moment at which it gave up.
    else (await turn.promise).leave()
    signal.throwIfAborted()
    throw new BlobsError(
      'busy',
      `none of the ${this.#options.most} connections for reading came free in ${waitMs} ms: too many read at once`,
    )
  }

  #make(): ReadPlace {
    let at = 0
    const place = new ReadPlace(() => {
      this.#taken.take(at)
      this.#serve()
    })
    at = this.#taken.put(place)
    return place
  }

  #serve(): void {
    // Whoever gives way leaves its place meanwhile.
    if (this.#serving) return
    this.#serving = true
    while (this.#waiting.length > 0 && this.#makeRoom()) this.#waiting.shift()?.take(this.#make())
    this.#serving = false
    if (this.#waiting.length > 0)
      this.#look ??= setTimeout(() => this.#lookAgain(), this.#options.quietMs / looks)
  }

  #lookAgain(): void {
    this.#look = undefined
    this.#serve()
  }

  #makeRoom(): boolean {
    if (this.#taken.size >= this.#options.most) this.#longestQuiet()?.giveWay()
    return this.#taken.size < this.#options.most
  }

  #longestQuiet(): ReadPlace | undefined {
    let since = performance.now() - this.#options.quietMs
    let longest: ReadPlace | undefined
    for (const place of this.#taken.values()) {
      if (place.quietSince > since) continue
      since = place.quietSince
      longest = place
    }
    return longest
  }
}

/** A connection's, while it is read from. */
export class ReadPlace {
  readonly #free: () => void
  #letGo: () => void = () => undefined
  #left = false
  #lost = false
  /** In `performance.now()`; infinite while somebody waits for bytes. */
  quietSince: number = Number.POSITIVE_INFINITY

  constructor(free: () => void) {
    this.#free = free
  }

  /** It had to give way. */
  get lost(): boolean {
    return this.#lost
  }

  /** @param letGo ends the connection */
  onGivingWay(letGo: () => void): void {
    this.#letGo = letGo
  }

  asked(): void {
    this.quietSince = Number.POSITIVE_INFINITY
  }

  /** Nobody asks for more for now. */
  quiet(): void {
    this.quietSince = performance.now()
  }

  giveWay(): void {
    this.#lost = true
    this.#letGo()
    this.leave()
  }

  /** Idempotent. */
  leave(): void {
    if (this.#left) return
    this.#left = true
    this.#free()
  }
}
