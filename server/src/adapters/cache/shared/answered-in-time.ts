import { CacheTierError } from '../../../ports/cache/errors.ts'

export interface InTime {
  /** Who is asked, for the error. */
  readonly name: string
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
}

/**
 * What the call answers, unless its time is over or the signal aborts before: then `timeout`, and whatever it answers later is
 * nobody's. What it throws that is no CacheTierError is `unreachable`.
 */
export async function answeredInTime<T>(call: () => Promise<T>, limits: InTime): Promise<T> {
  const { name, timeoutMs, signal } = limits
  const late = (): CacheTierError => new CacheTierError('timeout', `${name} did not answer in time`)
  if (signal?.aborted === true) throw late()
  let stop: () => void = () => {}
  const over = new Promise<never>((_, reject) => {
    const end = (): void => reject(late())
    const timer = setTimeout(end, timeoutMs)
    signal?.addEventListener('abort', end, { once: true })
    stop = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', end)
    }
  })
  try {
    return await Promise.race([call(), over])
  } catch (error) {
    throw error instanceof CacheTierError ? error : unreachable(name, error)
  } finally {
    stop()
  }
}

function unreachable(name: string, cause: unknown): CacheTierError {
  return new CacheTierError('unreachable', `${name} cannot be reached: ${reasonOf(cause)}`, { cause })
}

/** Of a host with several addresses, each of which failed, there are only codes. */
export function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause)
  const { message, code = cause.name } = cause as Error & { readonly code?: string }
  return message === '' ? code : message
}
