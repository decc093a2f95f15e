import { insert, patch, remove } from '../../ports/store/change.ts'
import type { Change, Stored } from '../../ports/store/store.ts'
import type { Core } from '../ledger/core.ts'
import { type Term, termsOf } from './artifact-rows.ts'
import {
  type ArtifactOrder,
  type ArtifactRow,
  artifactOrders,
  artifacts,
  termCounts,
  terms,
} from './tables.ts'
import { addToTrend, trendWeights } from './trend.ts'
import { countUses, replaceArtifact } from './write-artifact.ts'

/**
 * The changes that make a row of `artifacts` what it shall be, and its terms with it, so that every list agrees with every
 * other. `before`: as read; undefined where there is none yet.
 */
export async function keepArtifact(
  core: Pick<Core, 'store'>,
  before: Stored<ArtifactRow> | undefined,
  after: ArtifactRow,
): Promise<Change[]> {
  return [
    before === undefined ? insert(artifacts, after) : replaceArtifact(before, after),
    ...(await keepTerms(core, before, after)),
  ]
}

/** The row and its terms go. */
export async function dropArtifact(
  core: Pick<Core, 'store'>,
  before: Stored<ArtifactRow>,
): Promise<Change[]> {
  return [remove(artifacts, [before.id], { rev: before.rev }), ...(await keepTerms(core, before, undefined))]
}

async function keepTerms(
  core: Pick<Core, 'store'>,
  before: ArtifactRow | undefined,
  after: ArtifactRow | undefined,
): Promise<Change[]> {
  const [old, now] = [byName(before), byName(after)]
  const changes: Change[] = []
  const counted = new Map<string, CountedTerm>()
  const count = (term: Term, add: number): void => {
    if (add !== 0) counted.set(nameOf(term), { term, add })
  }
  for (const [name, term] of old) {
    if (now.has(name) || before === undefined) continue
    changes.push(remove(terms, [term.field, term.term, before.id]))
    count(term, before.live ? -1 : 0)
  }
  if (after !== undefined) {
    const order = orderOf(after)
    const isMoved = before === undefined || before.live !== after.live || !isSameOrder(before, after)
    for (const [name, term] of now) {
      if (!old.has(name)) {
        changes.push(insert(terms, { ...term, artifact: after.id, live: after.live, ...order }))
        count(term, after.live ? 1 : 0)
      } else if (isMoved) {
        const set = { live: after.live, ...order }
        changes.push(patch(terms, [term.field, term.term, after.id], { set }))
        count(term, Number(after.live) - Number(before?.live ?? false))
      }
    }
  }
  return [...changes, ...(await countTerms(core, [...counted.values()]))]
}

interface CountedTerm {
  readonly term: Term
  readonly add: number
}

async function countTerms(core: Pick<Core, 'store'>, counted: readonly CountedTerm[]): Promise<Change[]> {
  const keys = counted.map(({ term: { field, term } }) => [field, term])
  const known = keys.length === 0 ? [] : await core.store.getMany(termCounts, keys)
  return counted.map(({ term: { field, term }, add }, at) =>
    known[at] === undefined
      ? insert(termCounts, { field, term, artifacts: add })
      : patch(termCounts, [field, term], { add: { artifacts: add } }),
  )
}

/**
 * What is added to the numbers of an artifact, in its row and wherever lists are ordered by them. Guarded by the trend, which
 * is no sum that the store could add to.
 */
export function addStatistics(
  row: Stored<ArtifactRow>,
  add: Partial<Pick<ArtifactRow, 'downloads' | 'stars' | 'views'>>,
  now: number,
): Change[] {
  const trend = trendWith(row.trend, add, now)
  const lastAccessedAt = Math.max(now, row.lastAccessedAt)
  return [
    countUses(row, add, { trend, lastAccessedAt }),
    ...termsOf(row).map(({ field, term }) => patch(terms, [field, term, row.id], { add })),
  ]
}

/** As kept, with what was done now. */
export function trendWith(
  trend: number,
  add: Partial<Pick<ArtifactRow, 'downloads' | 'stars' | 'views'>>,
  now: number,
): number {
  const { download, star, view } = trendWeights
  const weight = (add.downloads ?? 0) * download + (add.stars ?? 0) * star + (add.views ?? 0) * view
  return weight > 0 ? addToTrend(trend, weight, now) : trend
}

function byName(row: ArtifactRow | undefined): ReadonlyMap<string, Term> {
  return new Map(row === undefined ? [] : termsOf(row).map((term) => [nameOf(term), term]))
}

const nameOf = ({ field, term }: Term): string => `${field} ${term}`

function orderOf(row: ArtifactRow): Pick<ArtifactRow, ArtifactOrder> {
  const { name, createdAt, updatedAt, downloads, stars, views } = row
  return { name, createdAt, updatedAt, downloads, stars, views }
}

function isSameOrder(one: ArtifactRow, other: ArtifactRow): boolean {
  return artifactOrders.every((order) => one[order] === other[order])
}
