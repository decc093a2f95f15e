import type { OpenedBlob } from '../../../ports/blobs/blobs.ts'

/** Readers outlive the engine: their connections are let go of with the last of them. */
export class OpenReaders {
  readonly #letGo: () => void
  #open = 0
  #closed = false

  constructor(letGo: () => void) {
    this.#letGo = letGo
  }

  count(opened: OpenedBlob | undefined): OpenedBlob | undefined {
    if (opened === undefined) return undefined
    this.#open += 1
    let left = false
    const leave = (): void => {
      if (left) return
      left = true
      this.#open -= 1
      this.#settle()
    }
    return {
      size: opened.size,
      bytes: untilEnd(opened.bytes, leave),
      [Symbol.asyncDispose]: async () => {
        await opened[Symbol.asyncDispose]()
        leave()
      },
    }
  }

  close(): void {
    this.#closed = true
    this.#settle()
  }

  #settle(): void {
    if (this.#closed && this.#open === 0) this.#letGo()
  }
}

async function* untilEnd(
  bytes: AsyncIterable<Uint8Array>,
  ended: () => void,
): AsyncGenerator<Uint8Array, void> {
  try {
    yield* bytes
  } finally {
    ended()
  }
}
