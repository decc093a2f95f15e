import { Client } from 'pg'
import { openPostgresqlStore } from '../../../server/src/adapters/store/postgresql/postgresql-store.ts'
import { schema } from '../../../server/src/boot/schema.ts'
import { artifacts } from '../../../server/src/core/artifacts/tables.ts'
import { CopyIn } from '../../engines/filling/copy-in.ts'
import { OrdersAside } from '../../engines/filling/orders-aside.ts'
import { GrownCorpus } from '../corpus/grown-corpus.ts'
import { readCorpus } from '../relevance/read-corpus.ts'
import type { Task } from '../task.ts'

/** A revision, as every row has one. */
const revision = '0'.repeat(32)
/** Rows that are made before the server is waited for. */
const rowsAtOnce = 1_000

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
    const columns = Object.entries({ ...artifacts.columns, rev: 'text' as const })
    await using copy = await CopyIn.begin(
      url,
      artifacts.name,
      columns.map(([name, type]) => ({ name, type })),
    )
    for (let index = 0; index < count; index++) {
      copy.add({ ...grown.rowAt(index), rev: revision })
      if (index % rowsAtOnce === 0) await copy.drained()
    }
    await copy.finish()
    await aside.putBack(url)
    await client.query('VACUUM (FREEZE, ANALYZE)')
    return {}
  } finally {
    await client.end()
  }
}
