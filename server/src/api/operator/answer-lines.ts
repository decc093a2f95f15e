import type { Progress, Step } from '../../core/ledger/progress.ts'
import { isRegistryError } from '../../domain/error.ts'
import type { Exchange } from '../../http/exchange.ts'

/** For whoever watches, ten times a second looks as if it moved. */
const progressEveryMs = 100

/**
 * An answer that begins before its work has ended: lines of JSON, any number of `{"progress":…}`, then one
 * `{"result":…}` or `{"error":…}`. Without that last line the work was cut short.
 */
export class AnswerLines {
  readonly #exchange: Exchange
  readonly #now: () => number
  #phase = ''
  #toldAt = Number.NEGATIVE_INFINITY

  constructor(exchange: Exchange, now: () => number) {
    this.#exchange = exchange
    this.#now = now
    exchange.response.writeHead(200, {
      'Content-Type': 'application/x-ndjson',
      'Cache-Control': 'no-store',
      'X-Request-Id': exchange.requestId,
    })
    // Whoever asked knows now that it has begun.
    exchange.response.flushHeaders()
  }

  /** Steps in between are left out, and all of them while nobody reads. */
  readonly progress: Progress = (step: Step) => {
    const now = this.#now()
    if (step.phase === this.#phase && now - this.#toldAt < progressEveryMs) return
    if (this.#exchange.response.writableNeedDrain) return
    this.#phase = step.phase
    this.#toldAt = now
    this.#write({ progress: step })
  }

  end(line: { readonly result: unknown } | { readonly error: ErrorLine }): void {
    this.#write(line)
    this.#exchange.response.end()
  }

  #write(line: unknown): void {
    if (!this.#exchange.response.destroyed) this.#exchange.response.write(`${JSON.stringify(line)}\n`)
  }
}

export interface ErrorLine {
  /** One of the registry's, or `failed`. */
  readonly code: string
  readonly message: string
}

/** All of it, causes included: only the operator comes by this door. */
export function errorLine(error: unknown): ErrorLine {
  const messages: string[] = []
  for (let current = error; current instanceof Error; current = current.cause) {
    const { message } = current
    if (!messages.some((said) => said.includes(message))) messages.push(message)
  }
  const message = messages.length === 0 ? String(error) : messages.join(': ')
  return { code: isRegistryError(error) ? error.code : 'failed', message }
}
