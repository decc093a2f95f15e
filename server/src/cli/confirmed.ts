import { createInterface } from 'node:readline'
import type { World } from './world.ts'

/** Asks on the terminal. Anything but `yes` is a no, the end of the input too. */
export async function confirmed(world: Pick<World, 'stdin' | 'ask'>, question: string): Promise<boolean> {
  world.ask(`${question}Type yes: `)
  const lines = createInterface({ input: world.stdin })
  try {
    for await (const line of lines) return line.trim().toLowerCase() === 'yes'
    return false
  } finally {
    lines.close()
  }
}
