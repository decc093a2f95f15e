import { Chance } from './chance.ts'
import { type SeedChoice, seededIdentity } from './seeded-identity.ts'

/** How many earlier ones are looked at for one of a kind. */
const looks = 8

/** Most begin with a release; who names them can count on that. */
export function firstVersionOf({ seed }: SeedChoice, index: number): string {
  return new Chance('first', seed, index).isTrue(0.85) ? '1.0.0' : '0.1.0'
}

/**
 * Names of earlier artifacts of a kind, each once, the earliest most often, at most `count`: what is needed by many is
 * needed by more, and nothing needs itself. With a range where the one that is named keeps to it.
 */
export function seededNeeds(
  choice: SeedChoice,
  { index, chance }: { readonly index: number; readonly chance: Chance },
  kind: string,
  count: number,
): readonly string[] {
  const found = new Map<string, string>()
  if (index === 0 || !choice.kinds.includes(kind)) return []
  for (let look = 0; look < looks && found.size < count; look++) {
    const other = seededIdentity(choice, chance.skewed(index))
    if (other.kind !== kind) continue
    const target = `${kind}:${other.namespace}/${other.slug}`
    const range = firstVersionOf(choice, other.index).startsWith('1') && chance.isTrue(0.5) ? '@>=1.0.0' : ''
    if (!found.has(target)) found.set(target, `${target}${range}`)
  }
  return [...found.values()]
}
