import { checkoutVersion } from '../targets/lading.ts'
import type { Ready, Target } from '../targets/target.ts'

export const ladingName = 'lading'
export const unauditedName = 'lading, audit.record: false'
export const servedName = 'lading, served'
export const anonymousName = 'lading, served to anybody'
export const argon2Name = 'argon2id of node:crypto'

export const accessTargets: readonly Target[] = [
  target(ladingName, 'its source as it stands, on SQLite, in the process that measures; with its jobs'),
  target(unauditedName, 'the same, which writes nothing down of who did what'),
  target(
    servedName,
    'this checkout as its package has it, in a process of its own, to clients that have shown a key',
  ),
  target(anonymousName, 'the same process, to clients that say nothing of themselves'),
  target(argon2Name, 'the hash of a password alone', () => `of Node ${process.version}`),
]

/** What a row starts, it starts by itself. */
function target(name: string, about: string, version: () => string = checkoutVersion): Target {
  return {
    name,
    about,
    find: async (): Promise<Ready> => ({ version: version(), start: notAServer, seed: notAServer }),
  }
}

async function notAServer(): Promise<never> {
  throw new Error('it is not started here')
}
