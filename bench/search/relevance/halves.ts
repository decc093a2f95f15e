import { Chance } from '../../../server/src/core/seed/chance.ts'

export type Half = 'tuning' | 'kept'

const seed = 20230610

/**
 * The half of the query at `place`, from 0, among those of its kind. Of two neighbours one goes to each half, so that a
 * query that is added at the end changes no other one's.
 */
export function halfOf(kind: string, place: number): Half {
  const firstIsKept = new Chance('halves', seed, kind, Math.floor(place / 2)).isTrue(0.5)
  return (place % 2 === 0) === firstIsKept ? 'kept' : 'tuning'
}
