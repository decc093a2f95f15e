import { Client } from 'pg'
import { openPostgresqlStore } from '../../../server/src/adapters/store/postgresql/postgresql-store.ts'
import { schema } from '../../../server/src/boot/schema.ts'
import { type ArtifactRow, artifacts } from '../../../server/src/core/artifacts/tables.ts'
import { repositories } from '../../../server/src/core/content/tables.ts'
import type { Row, Table } from '../../../server/src/ports/store/table.ts'
import { CopyIn } from '../../engines/filling/copy-in.ts'
import { OrdersAside } from '../../engines/filling/orders-aside.ts'
import { repositoryRow } from '../corpus/artifact-row.ts'
import { GrownCorpus } from '../corpus/grown-corpus.ts'
import { readCorpus } from '../relevance/read-corpus.ts'
import type { Task } from '../task.ts'

/** A revision, as every row has one. */
const revision = '0'.repeat(32)
/** Rows that are made before the server is waited for. */
const rowsAtOnce = 1_000

async function copyRows(
  url: string,
  // biome-ignore lint/suspicious/noExplicitAny: tables of any row
  { name, columns }: Table<any>,
  { count, rowAt }: { readonly count: number; readonly rowAt: (index: number) => Row },
): Promise<void> {
  const all = Object.entries({ ...columns, rev: 'text' as const })
  await using copy = await CopyIn.begin(
    url,
    name,
    all.map(([column, type]) => ({ name: column, type })),
  )
  for (let index = 0; index < count; index++) {
    copy.add({ ...rowAt(index), rev: revision })
    if (index % rowsAtOnce === 0) await copy.drained()
  }
  await copy.finish()
}

/** The same artifacts as in the folder of SQLite. */
export async function fillDatabase({
  url,
  artifacts: count,
}: Extract<Task, { do: 'fill-database' }>): Promise<object> {
  const grown = new GrownCorpus((await readCorpus()).documents)
  await (await openPostgresqlStore({ url }, schema)).close()
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    const aside = await OrdersAside.take(client)
    const each = (make: (row: ArtifactRow) => Row) => (index: number) => make(grown.rowAt(index))
    await copyRows(url, artifacts, { count, rowAt: each((row) => row) })
    await copyRows(url, repositories, { count, rowAt: each(repositoryRow) })
    await aside.putBack(url)
    await client.query('VACUUM (FREEZE, ANALYZE)')
    return {}
  } finally {
    await client.end()
  }
}
