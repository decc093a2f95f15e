import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Turn } from '../statistics/round.ts'

export interface RowResults {
  /** Why a target is not in the rounds, or not in all. */
  readonly absent: Readonly<Record<string, string>>
  readonly rounds: readonly Turn[]
}

/** What one run is about: rounds of two of these are never mixed. */
export interface Circumstances {
  readonly suite: string
  readonly seconds: number
  /** Versions of the targets that are there, and of the tools. */
  readonly versions: Readonly<Record<string, string>>
  readonly machine: Readonly<Record<string, string>>
}

export interface Results {
  readonly circumstances: Circumstances
  readonly rows: Readonly<Record<string, RowResults>>
}

export const noResults: RowResults = { absent: {}, rounds: [] }

/** What an earlier run has left for these circumstances; undefined where there is nothing, or it is of others. */
export async function readResults(path: string, circumstances: Circumstances): Promise<Results | undefined> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  const results = JSON.parse(text) as Results
  return JSON.stringify(results.circumstances) === JSON.stringify(circumstances) ? results : undefined
}

/** Whole or not at all, so that an interruption leaves the earlier state. */
export async function writeResults(path: string, results: Results): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const unfinished = `${path}.unfinished`
  await writeFile(unfinished, `${JSON.stringify(results, undefined, 2)}\n`)
  await rename(unfinished, path)
}
