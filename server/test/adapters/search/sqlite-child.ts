import { openSqliteSearch } from '../../../src/adapters/search/sqlite/open-sqlite-search.ts'
import type { IndexChange } from '../../../src/ports/search/search.ts'
import { asked, documentOf } from '../../../src/ports/search/suite/harness.ts'

/**
 * Changes an index, or builds it anew, again and again until it is killed, or builds it and asks it once. What it was told
 * is printed.
 */
const [folder = '', what = ''] = process.argv.slice(2)
const engine = openSqliteSearch({ folder })
let mark = (await engine.mark()) ?? '0'
console.log(`mark ${mark}`)

/** Of state n there are these documents, each of which says so. */
const ids = Array.from({ length: 300 }, (_, at) => `d${at}`)
const documentsAt = (state: string) =>
  ids.map((id) =>
    documentOf(id, {
      version: Number(state),
      words: { name: `state${state}`, description: `every word${state} of ${id}` },
      beginnings: [`state${state}`],
      facets: { topic: [`state${state}`] },
    }),
  )

while (what !== 'ask' || mark === '0') {
  const next = String(Number(mark) + 1)
  if (what === 'build' || mark === '0') {
    await using rebuilding = await engine.rebuild()
    await rebuilding.add(documentsAt(next))
    await rebuilding.finish(next)
  } else {
    const changes = documentsAt(next).map((document): IndexChange => ({ do: 'put', document }))
    const outcome = await engine.apply(changes, mark, next)
    if (outcome !== 'applied') throw new Error(`${outcome} from ${mark} to ${next}`)
  }
  mark = next
  if (what === 'ask') console.log(`found ${(await asked(engine)).total}`)
  else console.log(`mark ${mark}`)
}
