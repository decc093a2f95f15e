import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { poolOf, poolRankers } from './pool.ts'
import { type Query, readJudgedZero, readQueries } from './queries.ts'
import { readCorpus } from './read-corpus.ts'

// Tells what the pool has and nobody has judged yet. With --zero all of it is written down as of no use: first grade, in
// queries.json, what is of some.
const { values } = parseArgs({ options: { zero: { type: 'boolean', default: false } } })
const corpus = await readCorpus()
const rankers = poolRankers(corpus)
const told = new Map(corpus.documents.map(({ name, description }) => [name, description]))
const judgedZero = readJudgedZero()
const lines: string[] = []
for (const query of readQueries()) {
  const before = (judgedZero.get(query.id) ?? []).filter((name) => !Object.hasOwn(query.grades, name))
  const fresh = await unjudgedOf(query, before)
  if (!values.zero && fresh.length > 0) show(query, fresh)
  const zero = [...before, ...(values.zero ? fresh : [])].sort()
  if (zero.length > 0) lines.push(`${query.id}: ${zero.join(' ')}`)
}
if (values.zero)
  writeFileSync(new URL('judged-zero.txt', import.meta.url), lines.map((line) => `${line}\n`).join(''))

async function unjudgedOf(query: Query, judged: readonly string[]): Promise<readonly string[]> {
  const pool = await poolOf(query, rankers)
  return [...pool].filter((name) => !Object.hasOwn(query.grades, name) && !judged.includes(name)).sort()
}

function show({ id, text, filters }: Query, names: readonly string[]): void {
  console.log(`\n${id} ${text}${filters === undefined ? '' : ` ${JSON.stringify(filters)}`}`)
  for (const name of names) console.log(`  ${name}: ${told.get(name) ?? ''}`)
}
