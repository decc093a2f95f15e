import { DatabaseSync } from 'node:sqlite'
import { Timings } from '../../library/operations/timings.ts'
import { mixedRequests, pageSize, warmingRequests } from '../asking/mixed-requests.ts'
import { plainTable } from '../peers/plain-fts5.ts'
import type { Measurement, Task } from '../task.ts'

/** The texts alone: nothing is narrowed down, counted or looked up. */
export async function measurePlain({
  file,
  all,
  asked,
}: Extract<Task, { do: 'plain' }>): Promise<Measurement> {
  using database = new DatabaseSync(file)
  const table = plainTable(database, all)
  for (const { request } of warmingRequests(asked, false)) table.find(request.text ?? '', pageSize)
  const timings = new Timings()
  for (const { request } of mixedRequests(asked, false)) {
    const begun = performance.now()
    table.find(request.text ?? '', pageSize)
    timings.add(performance.now() - begun)
  }
  return { p95: timings.p95, median: timings.median }
}
