import type { Interval } from './bootstrap.ts'
import { overlapOf, type Scored, type Standing, standingsOf } from './compare.ts'
import type { Half } from './halves.ts'
import { kinds } from './queries.ts'

export interface RelevanceReport {
  /** The baseline among them; in the order in which they are shown. */
  readonly scored: readonly Scored[]
  readonly baseline: Scored
  /** Those that are the registry's own. */
  readonly own: readonly Scored[]
  /** What takes no part, with the reason. */
  readonly absent: readonly string[]
  readonly versions: Readonly<Record<string, string>>
  readonly documents: number
  /** Names of the list that the index of this machine does not know. */
  readonly missing: readonly string[]
  readonly digest: string
}

/** What the page has of relevance. */
export function relevanceSection(report: RelevanceReport): string {
  const { scored, baseline, own, absent, versions, documents, missing, digest } = report
  const standings = (half: Half): readonly Standing[] => standingsOf(scored, baseline, half)
  const [kept, tuning] = [standings('kept'), standings('tuning')]
  return [
    '## How good the answers are',
    `Written by \`npm run bench -- relevance\`. ${documents.toLocaleString('en')} packages of Debian by their names, one line of description and topics, and ${baseline.scores.length} queries with graded answers, which [bench/search/relevance](../bench/search/relevance/README.md) tells of. The texts are those of digest \`${digest}\`${missing.length === 0 ? '' : `; ${missing.length} of the named packages are not in this machine's index`}.`,
    `Engines are tuned on one half of the queries; the other half is kept for these figures. nDCG@10 and recall@50 are means over all queries of a half, one without an answer counts as 0. "Gain" is the difference to \`${baseline.name}\` query by query, with the interval that holds 95 % of 10,000 resampled means: where that holds 0, the queries do not tell which is better. Names that nobody has judged count as 0, which is unfair to whoever has many of them among the first ten: the last column counts them.`,
    list([
      ...Object.entries(versions).map(([name, version]) => `${name}: ${version}`),
      ...absent.map((why) => `takes no part: ${why}`),
    ]),
    '### The kept half',
    `${bestOf(kept)}.`,
    standingTable(kept),
    ...besidePeers(report, 'kept'),
    kindTable(kept),
    '### The tuning half',
    `${bestOf(tuning)}.`,
    standingTable(tuning),
    ...besidePeers(report, 'tuning'),
    kindTable(tuning),
    ...overlaps(own),
  ].join('\n\n')
}

/** Who has the largest nDCG; all that have the same. */
export function bestOf(standings: readonly Standing[]): string {
  const most = Math.max(...standings.map(({ ndcg }) => Number(ndcg.toFixed(digits))))
  const best = standings.filter(({ ndcg }) => Number(ndcg.toFixed(digits)) === most)
  return `Best by nDCG@10: **${best.map(({ name }) => name).join(', ')}** with ${most.toFixed(digits)}`
}

/** The first of the registry's engines beside the best of all others, where that is not the baseline. */
function besidePeers({ scored, own, baseline }: RelevanceReport, half: Half): readonly string[] {
  const others = scored.filter((one) => !own.includes(one))
  const [best] = standingsOf(others, baseline, half).toSorted((one, other) => other.ndcg - one.ndcg)
  const [peer, first] = [others.find(({ name }) => name === best?.name), own[0]]
  if (peer === undefined || first === undefined || peer === baseline) return []
  const [standing] = standingsOf([first], peer, half)
  return [
    `\`${first.name}\` beside the best of the others, \`${peer.name}\`: nDCG@10 ${gainText(standing?.ndcgGain)}, recall@50 ${gainText(standing?.recallGain)}.`,
  ]
}

const digits = 3

function standingTable(standings: readonly Standing[]): string {
  return table([
    ['', 'nDCG@10', 'gain', 'recall@50', 'gain', 'no answer', 'unjudged'],
    ...standings.map(({ name, ndcg, ndcgGain, recall, recallGain, silent, unjudged }) => [
      name,
      ndcg.toFixed(digits),
      gainText(ndcgGain),
      recall.toFixed(digits),
      gainText(recallGain),
      String(silent),
      String(unjudged),
    ]),
  ])
}

function kindTable(standings: readonly Standing[]): string {
  return table([
    ['nDCG@10 by kind', ...kinds],
    ...standings.map(({ name, ndcgOfKind }) => [
      name,
      ...kinds.map((kind) => ndcgOfKind[kind].toFixed(digits)),
    ]),
  ])
}

function gainText(gain: Interval | undefined): string {
  if (gain === undefined) return ''
  const signed = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(digits)}`
  return `${signed(gain.mean)} (${signed(gain.low)} to ${signed(gain.high)})`
}

/** Between the registry's own engines, over all queries. */
function overlaps(own: readonly Scored[]): readonly string[] {
  if (own.length < 2) return []
  return [
    '### How much engines agree',
    'The share of the first ten that two engines of the registry have in common, the mean over all queries.',
    table([
      ['', ...own.slice(1).map(({ name }) => name)],
      ...own
        .slice(0, -1)
        .map((one, row) => [
          one.name,
          ...own.slice(1).map((other, column) => (column < row ? '' : overlapOf(one, other).toFixed(digits))),
        ]),
    ]),
  ]
}

function table([head = [], ...rows]: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map((_, at) => (at === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n')
}

const list = (items: readonly string[]): string => items.map((item) => `- ${item}`).join('\n')
