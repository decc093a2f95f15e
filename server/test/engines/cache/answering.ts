import { CacheTierError } from '../../../src/ports/cache/errors.ts'
import type { CacheTier } from '../../../src/ports/cache/tier.ts'
import { becomes, patient } from '../../../src/ports/cache/tier-suite/harness.ts'

/** The same tier, once its server answers, with nothing counted of that. */
export async function answering(tier: CacheTier): Promise<CacheTier> {
  await becomes(() => answers(tier), 'an answer of the server')
  const then = tier.stats()
  const stats = (): ReturnType<CacheTier['stats']> => {
    const { hits, misses, errors, ...sizes } = tier.stats()
    return { hits: hits - then.hits, misses: misses - then.misses, errors: errors - then.errors, ...sizes }
  }
  return new Proxy(tier, {
    get: (of, name) => {
      if (name === 'stats') return stats
      const member: unknown = Reflect.get(of, name)
      return typeof member === 'function' ? member.bind(of) : member
    },
  })
}

export async function answers(tier: CacheTier): Promise<boolean> {
  try {
    await tier.get('is somebody there', patient())
    return true
  } catch (error) {
    if (error instanceof CacheTierError) return false
    throw error
  }
}
