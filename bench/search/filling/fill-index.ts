import { buildIndex } from '../../../server/src/core/search/build-index.ts'
import { openSearched } from '../open-engine.ts'
import type { Task } from '../task.ts'

/** As the registry builds it, from its records. */
export async function fillIndex({ at }: Extract<Task, { do: 'fill-index' }>): Promise<object> {
  await using searched = await openSearched(at)
  return { artifacts: await buildIndex(searched.core, searched.engine, new AbortController().signal) }
}
