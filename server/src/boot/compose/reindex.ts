import type { Progress } from '../../core/ledger/progress.ts'
import { RegistryError } from '../../domain/error.ts'
import { SearchError } from '../../ports/search/errors.ts'
import type { ReindexOptions, ReindexReport } from '../operator.ts'
import type { IndexDifference, Searching } from './searching.ts'

const differencesTold = 100

/** Builds indexes anew while they answer, or tells what they have otherwise than the records. */
export async function reindex(
  searching: Searching | undefined,
  { engine, compare }: ReindexOptions,
  progress: Progress,
  signal: AbortSignal,
): Promise<ReindexReport> {
  if (searching === undefined)
    throw new RegistryError('parameter-invalid', {
      parameter: 'search.engine',
      reason: 'it is none, so there is no index; set it to store, opensearch or elasticsearch first',
    })
  const engines: ReindexReport['engines'][number][] = []
  for (const name of engine === undefined ? searching.engines : [engine])
    try {
      engines.push(
        compare
          ? await compared(searching, name, progress, signal)
          : await built(searching, name, progress, signal),
      )
    } catch (error) {
      // The others have an index too.
      if (!(error instanceof SearchError)) throw error
      engines.push({ engine: name, error: error.message })
    }
  return { engines }
}

async function built(
  searching: Searching,
  name: string,
  progress: Progress,
  signal: AbortSignal,
): Promise<ReindexReport['engines'][number]> {
  const told = (done: number): void => progress({ phase: `indexing for ${name}`, done, unit: 'artifacts' })
  return { engine: name, artifacts: await searching.reindex(name, signal, told) }
}

async function compared(
  searching: Searching,
  name: string,
  progress: Progress,
  signal: AbortSignal,
): Promise<ReindexReport['engines'][number]> {
  const differences: IndexDifference[] = []
  let different = 0
  for await (const difference of searching.compare(name, signal)) {
    different += 1
    if (differences.length < differencesTold) differences.push(difference)
    progress({ phase: `comparing with ${name}`, done: different, unit: 'artifacts' })
  }
  return { engine: name, differences, different }
}
