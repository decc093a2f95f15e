import type { Random } from '../../src/ports/random/random.ts'
import type { Fate } from './recorded-disk.ts'

export type FateName = 'all lost' | 'all kept' | 'last torn' | 'by file' | 'by write' | 'by sector'

export const fateNames: readonly FateName[] = [
  'all lost',
  'all kept',
  'last torn',
  'by file',
  'by write',
  'by sector',
]

/** What a power cut may do to changes that no flush has kept. */
export function fateOf(name: FateName, random: Pick<Random, 'int'>): Fate {
  const coin = (): boolean => random.int(2) === 0
  const perKey = new Map<string, boolean>()
  const once = (key: string): boolean => {
    const known = perKey.get(key) ?? coin()
    perKey.set(key, known)
    return known
  }
  switch (name) {
    case 'all lost':
      return { keepsName: () => false, keepsSector: () => false, keepsTrait: () => false }
    case 'all kept':
      return { keepsName: () => true, keepsSector: () => true, keepsTrait: () => true }
    case 'last torn': {
      // The last write of each file ends after so many sectors.
      const ends = new Map<string, number>()
      return {
        keepsName: () => true,
        keepsTrait: () => true,
        keepsSector: (path, sector, left) => {
          if (left > 0) return true
          const end = ends.get(path) ?? sector + random.int(9)
          ends.set(path, end)
          return sector < end
        },
      }
    }
    case 'by file':
      return {
        keepsName: coin,
        keepsSector: (path) => once(path),
        keepsTrait: (path) => once(path),
      }
    case 'by write':
      return {
        keepsName: coin,
        keepsSector: (path, _sector, left) => once(`${left} ${path}`),
        keepsTrait: (path, left) => once(`${left} ${path}`),
      }
    case 'by sector':
      return { keepsName: coin, keepsSector: coin, keepsTrait: coin }
  }
}
