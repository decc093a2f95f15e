import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import {
  type OpenSearchServer,
  openSearchSkip,
  startOpenSearchServer,
} from '../../../server/test/kit/servers/opensearch-server.ts'
import {
  type PostgresqlServer,
  postgresqlSkip,
  startPostgresqlServer,
} from '../../../server/test/kit/servers/postgresql-server.ts'
import { type Folder, freshFolder } from '../../process/folder.ts'
import { fts5 } from './baseline.ts'
import { overlapOf, type Scored, standingsOf } from './compare.ts'
import { type EnginePlaces, registryContenders } from './contenders.ts'
import type { Corpus } from './corpus.ts'
import { readJudgedZero, readQueries } from './queries.ts'
import type { Contender } from './ranker.ts'
import { CorpusUnreadable, readCorpus } from './read-corpus.ts'
import { scoreQueries } from './score-queries.ts'

const required = process.env['LADING_REQUIRE_ALL'] === '1'
const read = await readCorpus().catch((error: unknown) => {
  if (error instanceof CorpusUnreadable) return error
  throw error
})
const skip = read instanceof CorpusUnreadable && !required ? read.message : false

/** Of the names in the list one in so many is asked for. */
const askedOneIn = 40
const leastOverlap = 0.6

interface Asked {
  readonly scored: Scored
  /** Names that were asked for, and what came first. */
  readonly named: readonly (readonly [asked: string, first: string | undefined])[]
}

/** Fills it once for all that is asked. */
async function ask(contender: Contender, corpus: Corpus): Promise<Asked> {
  await using filled = await contender.fill(corpus)
  const scores = await scoreQueries(filled.rank, readQueries(), readJudgedZero())
  const named: [string, string | undefined][] = []
  for (const { name } of corpus.documents.filter((_, at) => at % askedOneIn === 0)) {
    const [first] = await filled.rank({ text: name }, 1)
    named.push([name, first])
  }
  return { scored: { name: contender.name, scores }, named }
}

describe('the answers of the engines', { skip, timeout: 600_000 }, () => {
  const asked = new Map<string, Asked>()
  let baseline: Scored
  let folder: Folder
  let postgresql: PostgresqlServer | undefined
  let opensearch: OpenSearchServer | undefined

  before(async () => {
    if (read instanceof CorpusUnreadable) throw read
    folder = await freshFolder()
    if (required || postgresqlSkip === false) postgresql = await startPostgresqlServer()
    if (required || openSearchSkip === false) opensearch = await startOpenSearchServer()
    const places: EnginePlaces = {
      sqlite: folder.path,
      ...(postgresql !== undefined && { postgresql: postgresql.url }),
      ...(opensearch !== undefined && { opensearch: opensearch.url }),
    }
    for (const contender of registryContenders(places)) asked.set(contender.name, await ask(contender, read))
    baseline = (await ask(fts5, read)).scored
  })
  after(async () => {
    await opensearch?.[Symbol.asyncDispose]()
    await postgresql?.[Symbol.asyncDispose]()
    await folder?.[Symbol.asyncDispose]()
  })

  const skips: Readonly<Record<string, string | false>> = {
    memory: false,
    SQLite: false,
    PostgreSQL: required ? false : postgresqlSkip,
    OpenSearch: required ? false : openSearchSkip,
  }
  const there = (name: string): Asked => {
    const one = asked.get(name)
    assert.ok(one, `${name} was not asked`)
    return one
  }

  for (const [name, skipped] of Object.entries(skips)) {
    test(`${name}: at least as good as plain FTS5 on the kept half`, { skip: skipped }, (context) => {
      const [standing] = standingsOf([there(name).scored], baseline, 'kept')
      assert.ok(standing?.ndcgGain && standing.recallGain)
      const { ndcg, ndcgGain, recall, recallGain } = standing
      context.diagnostic(`nDCG@10 ${ndcg.toFixed(3)}, ${ndcgGain.mean.toFixed(3)} more than plain FTS5`)
      context.diagnostic(`recall@50 ${recall.toFixed(3)}, ${recallGain.mean.toFixed(3)} more than plain FTS5`)
      assert.ok(ndcgGain.mean >= 0, JSON.stringify(ndcgGain))
      assert.ok(recallGain.mean >= 0, JSON.stringify(recallGain))
    })

    test(`${name}: who is called so comes first`, { skip: skipped }, () => {
      const { named } = there(name)
      assert.ok(named.length >= 90)
      assert.deepEqual(
        named.filter(([wanted, first]) => first !== wanted),
        [],
      )
    })
  }

  test('any two engines have most of their first ten in common', (context) => {
    const all = [...asked.values()].map(({ scored }) => scored)
    for (const [at, one] of all.entries()) {
      for (const other of all.slice(at + 1)) {
        const overlap = overlapOf(one, other)
        context.diagnostic(`${one.name} and ${other.name}: ${overlap.toFixed(3)}`)
        assert.ok(overlap >= leastOverlap, `${one.name} and ${other.name}: ${overlap}`)
      }
    }
  })
})
