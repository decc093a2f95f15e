import { setImmediate } from 'node:timers/promises'
import type { Slices } from './thread-calls.ts'

/** So many at once take the serving thread about a millisecond. */
const sliceItems = 100
const sliceLetters = 500_000

/** JSON of parts of a list; between two of them others have their turn. */
export async function inSlices(items: readonly unknown[]): Promise<Slices> {
  const slices: string[] = []
  let parts: string[] = []
  let letters = 0
  const end = (): void => {
    if (parts.length > 0) slices.push(`[${parts.join(',')}]`)
    parts = []
    letters = 0
  }
  for (const item of items) {
    const part = JSON.stringify(item)
    parts.push(part)
    letters += part.length
    if (parts.length < sliceItems && letters < sliceLetters) continue
    end()
    await setImmediate()
  }
  end()
  return slices
}
