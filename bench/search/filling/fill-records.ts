import { openSqliteBulkLoad } from '../../../server/src/adapters/store/sqlite/bulk-load.ts'
import { openSqliteStore } from '../../../server/src/adapters/store/sqlite/sqlite-store.ts'
import { schema } from '../../../server/src/boot/schema.ts'
import { artifacts } from '../../../server/src/core/artifacts/tables.ts'
import { repositories } from '../../../server/src/core/content/tables.ts'
import { gapWord } from '../../../server/src/ports/search/search.ts'
import { repositoryRow } from '../corpus/artifact-row.ts'
import { GrownCorpus } from '../corpus/grown-corpus.ts'
import { documentOfRow } from '../document-of-row.ts'
import { readCorpus } from '../relevance/read-corpus.ts'
import type { Task } from '../task.ts'

export interface RecordFacts {
  /** Of all words the one that most artifacts have. */
  readonly commonest: string
}

/** So many tell which word is the commonest. */
const looked = 10_000

export async function fillRecords(task: Extract<Task, { do: 'fill-records' }>): Promise<RecordFacts> {
  const grown = new GrownCorpus((await readCorpus()).documents)
  const { folder } = task
  await (await openSqliteStore({ folder }, schema)).close()
  await using load = await openSqliteBulkLoad({ folder }, schema)
  for (let index = 0; index < task.artifacts; index++) {
    const row = grown.rowAt(index)
    load.insert(artifacts, row)
    load.insert(repositories, repositoryRow(row))
  }
  await load.finish()
  return { commonest: commonestOf(grown, Math.min(task.artifacts, looked)) }
}

function commonestOf(grown: GrownCorpus, count: number): string {
  const having = new Map<string, number>()
  for (let index = 0; index < count; index++) {
    const { words } = documentOfRow(grown.rowAt(index))
    for (const word of new Set(Object.values(words).flatMap((text) => text.split(' '))))
      having.set(word, (having.get(word) ?? 0) + 1)
  }
  for (const none of ['', gapWord]) having.delete(none)
  const [most] = [...having].sort(([, one], [, other]) => other - one)
  return most?.[0] ?? ''
}
