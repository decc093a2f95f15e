import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { root } from '../../../scripts/pinned-node.js'
import { openSearchSkip } from '../../../server/test/kit/servers/opensearch-server.ts'
import { postgresqlSkip } from '../../../server/test/kit/servers/postgresql-server.ts'
import type { Arguments } from '../../arguments.ts'
import { addressOf, hostServers } from '../../engines/servers/hosted.ts'
import { freshFolder } from '../../process/folder.ts'
import { pageWith } from '../../report/whole-page.ts'
import type { World } from '../../run-suite.ts'
import { checkoutVersion } from '../../targets/lading.ts'
import { fts5 } from './baseline.ts'
import type { Scored } from './compare.ts'
import { peers, registryContenders } from './contenders.ts'
import { type Corpus, digestOf } from './corpus.ts'
import { readJudgedZero, readQueries } from './queries.ts'
import type { Contender } from './ranker.ts'
import { readCorpus } from './read-corpus.ts'
import { scoreQueries } from './score-queries.ts'
import { relevanceSection } from './section.ts'

/** The name of the command, and of its part of the page. */
export const relevance = 'relevance'

/** Asks everybody all graded queries, and writes down how good the answers are. Throws CorpusUnreadable. */
export async function runRelevance(
  { page, json }: Pick<Arguments, 'page' | 'json'>,
  world: World,
): Promise<void> {
  const corpus = await readCorpus()
  await using stack = new AsyncDisposableStack()
  const folder = stack.use(await freshFolder())
  const servers = stack.use(
    await hostServers({
      ...(postgresqlSkip === false && { postgresql: { fsync: false } }),
      ...(openSearchSkip === false && { opensearch: {} }),
    }),
  )
  const own = registryContenders({
    sqlite: folder.path,
    ...(postgresqlSkip === false && { postgresql: addressOf(servers, 'postgresql') }),
    ...(openSearchSkip === false && { opensearch: addressOf(servers, 'opensearch') }),
  })
  const scored: Scored[] = []
  for (const contender of [...own, ...peers, fts5]) {
    world.note(`${contender.name} is asked`)
    scored.push(await scoredOf(contender, corpus))
  }
  const baseline = scored.at(-1)
  if (baseline === undefined) throw new Error('nobody was asked')
  const report = {
    scored,
    baseline,
    own: scored.slice(0, own.length),
    absent: [postgresqlSkip, openSearchSkip].filter((why) => why !== false),
    versions: await versionsOf(),
    documents: corpus.documents.length,
    missing: corpus.missing,
    digest: digestOf(corpus),
  }
  const section = relevanceSection(report)
  world.out(json ? JSON.stringify(report) : section)
  const path = resolve(world.root, page)
  await mkdir(dirname(path), { recursive: true })
  const before = await readFile(path, 'utf8').catch(noPage)
  await writeFile(path, pageWith(before, { suite: relevance, section }, world.suites ?? [relevance]))
  world.note(`written: ${path}`)
}

export async function scoredOf(contender: Contender, corpus: Corpus): Promise<Scored> {
  await using filled = await contender.fill(corpus)
  return {
    name: contender.name,
    scores: await scoreQueries(filled.rank, readQueries(), readJudgedZero()),
  }
}

async function versionsOf(): Promise<Readonly<Record<string, string>>> {
  const installed = async (name: string): Promise<string> => {
    const text = await readFile(join(root, 'node_modules', name, 'package.json'), 'utf8')
    return (JSON.parse(text) as { readonly version: string }).version
  }
  return {
    'Lading on each of its engines': checkoutVersion(),
    MiniSearch: await installed('minisearch'),
    Orama: await installed('@orama/orama'),
    [fts5.name]: `SQLite ${process.versions['sqlite']}`,
  }
}

function noPage(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}
