import { DatabaseSync } from 'node:sqlite'
import { GrownCorpus } from '../corpus/grown-corpus.ts'
import { plainTable } from '../peers/plain-fts5.ts'
import { readCorpus } from '../relevance/read-corpus.ts'
import type { Task } from '../task.ts'

/** The names, descriptions and topics of the same artifacts, as they are. */
export async function fillFts5({ file, artifacts }: Extract<Task, { do: 'fill-fts5' }>): Promise<object> {
  const grown = new GrownCorpus((await readCorpus()).documents)
  using database = new DatabaseSync(file)
  const table = plainTable(database)
  database.exec('BEGIN')
  for (let index = 0; index < artifacts; index++) table.add(grown.documentAt(index))
  database.exec('COMMIT')
  return { artifacts }
}
