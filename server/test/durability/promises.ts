import type { DiskEvent } from './disk-events.ts'

/** What one request of a client changes when it is answered; `''`: it is not there. */
export interface Asked {
  /** `X-Request-Id`, by which its answer is known in the trace. */
  readonly id: string
  /** Clients share no key, and ask for one thing after the other. */
  readonly client: number
  readonly sets: ReadonlyMap<string, string>
}

/** What each key may say when the power is cut after the answers to `answered`, and before any other. */
export function possibleValues(
  asked: readonly Asked[],
  answered: ReadonlySet<string>,
): ReadonlyMap<string, ReadonlySet<string>> {
  const possible = new Map<string, Set<string>>()
  for (const { sets } of asked) for (const key of sets.keys()) possible.set(key, new Set(['']))
  for (const requests of Map.groupBy(asked, ({ client }) => client).values()) {
    for (const { id, sets } of requests) {
      const isAnswered = answered.has(id)
      for (const [key, value] of sets) {
        if (isAnswered) possible.set(key, new Set([value]))
        else possible.get(key)?.add(value)
      }
      // What the client asked for after that had not been sent.
      if (!isAnswered) break
    }
  }
  return possible
}

/** The request that these bytes answer, where they are an answer that says yes. */
export function answeredBy(event: DiskEvent): string | undefined {
  if (event.do !== 'answer') return undefined
  const text = event.bytes.toString('latin1')
  return text.startsWith('HTTP/1.1 2') ? /^x-request-id: (\S+)\r$/im.exec(text)?.[1] : undefined
}
