import { mkdtempSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Where Linux keeps files in memory. */
const memory = '/dev/shm'
/** Containers often have 64 MiB of it, which tests with large content would fill. */
const wantedBytes = 2 ** 31

export interface Scratch extends Disposable {
  readonly folder: string
}

/**
 * A folder for what a part's tests make, which goes with what they left in it. In memory where that is asked for and there
 * is room: folders by the thousand, each file flushed, cost a disk more time than the tests themselves take.
 */
export function openScratch(inMemory: boolean, room: (path: string) => number = freeBytes): Scratch {
  const place = inMemory && room(memory) >= wantedBytes ? memory : tmpdir()
  const folder = mkdtempSync(join(place, 'lading-tests-'))
  return { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) }
}

/** 0 where there is no such file system. */
function freeBytes(path: string): number {
  try {
    const { bavail, bsize } = statfsSync(path)
    return bavail * bsize
  } catch {
    return 0
  }
}
