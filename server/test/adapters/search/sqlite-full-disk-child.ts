import { rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openSqliteSearch } from '../../../src/adapters/search/sqlite/open-sqlite-search.ts'
import { SearchError } from '../../../src/ports/search/errors.ts'
import { asked, build, documentOf, firstMark, word } from '../../../src/ports/search/suite/harness.ts'

/** Plays a full disk on a file system of few bytes, and prints what came of each step. */
const folder = join(String(process.argv[2]), 'search')
const engine = openSqliteSearch({ folder })
const filler = join(String(process.argv[2]), 'of-another-program')
const say = (what: string, value: unknown): void => console.log(`${what}: ${value}`)
const free = (): number =>
  statfsSync(String(process.argv[2])).bavail * statfsSync(String(process.argv[2])).bsize

const documentsAt = (state: string) =>
  Array.from({ length: 300 }, (_, at) =>
    documentOf(`d${at}`, {
      version: Number(state),
      words: {
        name: `state${state}`,
        source: Array.from({ length: 200 }, (_, n) => `w${state}x${at}x${n}`).join(' '),
      },
    }),
  )

async function kindOf(work: () => Promise<unknown>): Promise<unknown> {
  try {
    return (await work()) ?? 'ok'
  } catch (error) {
    if (error instanceof SearchError) return error.kind
    throw error
  }
}

const apply = (from: string, to: string): Promise<unknown> =>
  kindOf(() =>
    engine.apply(
      documentsAt(to).map((document) => ({ do: 'put', document }) as const),
      from,
      to,
    ),
  )

await build(engine, documentsAt('1'), '1')
say('before', await apply('1', '2'))
writeFileSync(filler, new Uint8Array(free()))
let state = 2
let last: unknown = 'applied'
while (last === 'applied' && state < 99) {
  last = await apply(String(state), String(state + 1))
  if (last === 'applied') state++
}
say('until', last)
say('mark stayed', (await engine.mark()) === String(state))
say('found', (await asked(engine, { clauses: [word(`state${state}`)] })).total)
say('found beyond', (await asked(engine, { clauses: [word(`state${state + 1}`)] })).total)
say('built anew', await kindOf(() => build(engine, documentsAt('50'), firstMark)))
say('mark stayed', (await engine.mark()) === String(state))
rmSync(filler)
say('with room', await apply(String(state), '60'))
say('found', (await asked(engine, { clauses: [word('state60')] })).total)
await engine.close()
