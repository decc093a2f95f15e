import { readFileSync } from 'node:fs'

/** Where a server can be when it dies. `upload` is also known by the client whose bytes are on their way. */
export type Phase = 'upload' | 'seal' | 'commit' | 'collection' | 'migration'

export const phases: readonly Phase[] = ['upload', 'seal', 'commit', 'collection', 'migration']

/** Where a server is to kill itself: the `at`-th time that it gets there, when that has begun or is over. */
export interface Death {
  readonly phase: Phase
  readonly at: number
  readonly when: 'begun' | 'over'
}

/** Until this file is there, a server does not kill itself: what the last one left is checked first. */
export const goFile = (log: string): string => `${log}-go`

/**
 * The phases that the log of a server which was killed left open: see `tell-phases.ts`. One kill may meet several; in
 * a migration there is nothing else.
 */
export function openPhases(log: string): Set<Phase> {
  const open = new Map<string, Phase>()
  for (const line of read(log).split('\n')) {
    const [sign, phase = '', id = ''] = line.split(' ')
    if (sign === '+') open.set(`${phase} ${id}`, phase as Phase)
    if (sign === '-') open.delete(`${phase} ${id}`)
  }
  const found = new Set(open.values())
  return found.has('migration') ? new Set(['migration']) : found
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    // A server that died before it opened its log was nowhere yet.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw error
  }
}
