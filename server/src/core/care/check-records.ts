import type { Digest } from '../../domain/digest.ts'
import { defaultManifestLimits, parseManifest } from '../../domain/manifest.ts'
import type { Stored } from '../../ports/store/store.ts'
import { linksOfManifest } from '../catalog/manifest-rows.ts'
import { repositoryUsage } from '../catalog/repository-usage.ts'
import { links, type ManifestRow, manifests, tagHistory, tags } from '../catalog/tables.ts'
import { openContent } from '../content/blobs.ts'
import { countAll } from '../content/count-usage.ts'
import { blobs, type HoldingRow, holdings, namespaces, repositories } from '../content/tables.ts'
import type { Core } from '../ledger/core.ts'
import { eachRow } from '../ledger/each-row.ts'
import type { Progress } from '../ledger/progress.ts'
import type { Findings } from './finding.ts'

/**
 * Every holding and manifest against what names it and what it names, every namespace against what it uses. Where
 * something differs, the row's revision before and after the count tells a fault from a change that came in between:
 * whatever is counted moves the row that counts it. Answers how many records were looked at.
 */
export async function checkRecords(
  core: Core,
  findings: Findings,
  progress: Progress,
  signal: AbortSignal,
): Promise<number> {
  let count = 0
  const seen = (): void => {
    signal.throwIfAborted()
    progress({ phase: 'comparing records', done: ++count, unit: 'rows' })
  }
  const tell = (target: string, what: string): void =>
    findings.tell({ damage: 'record', remedy: 'told', target, what })
  for await (const { id, name } of eachRow(core.store, repositories)) {
    for await (const row of eachRow(core.store, holdings, { eq: [id] })) {
      seen()
      await checkHolding(core, name, row, tell)
    }
    for await (const row of eachRow(core.store, manifests, { eq: [id] })) {
      seen()
      await checkManifest(core, name, row, tell, signal)
    }
  }
  await checkUsage(core, tell)
  return count
}

type Tell = (target: string, what: string) => void

async function checkHolding(core: Core, name: string, row: Stored<HoldingRow>, tell: Tell): Promise<void> {
  const { repository, digest } = row
  const named = await lengthOf(eachRow(core.store, links, { index: 'byDigest', eq: [repository, digest] }))
  const blob = await core.store.get(blobs, [digest])
  const wrong = [
    ...(named === row.refs ? [] : [`it counts ${row.refs} references, and ${named} manifests name it`]),
    ...(blob === undefined ? ['there is no content of that digest'] : []),
    ...(blob !== undefined && blob.size !== row.size
      ? [`its size is ${row.size}, and the content has ${blob.size}`]
      : []),
  ]
  if (wrong.length === 0 || (await core.store.get(holdings, [repository, digest]))?.rev !== row.rev) return
  tell(`${name}@${digest}`, wrong.join('; '))
}

async function checkManifest(
  core: Core,
  name: string,
  row: Stored<ManifestRow>,
  tell: Tell,
  signal: AbortSignal,
): Promise<void> {
  const { repository, digest } = row
  const tagged = await lengthOf(eachRow(core.store, tags, { index: 'byDigest', eq: [repository, digest] }))
  const held = await lengthOf(
    eachRow(core.store, tagHistory, { index: 'holding', eq: [repository, digest, true] }),
  )
  const indexed = await lengthOf(eachRow(core.store, links, { index: 'byDigest', eq: [repository, digest] }))
  const wrong = [
    ...(tagged + held + indexed === row.refs
      ? []
      : [
          `it counts ${row.refs} references, and has ${tagged} tags, ${held} entries of history, ${indexed} indexes`,
        ]),
    ...(await wrongLinks(core, row, signal)),
  ]
  if (wrong.length === 0 || (await core.store.get(manifests, [repository, digest]))?.rev !== row.rev) return
  tell(`${name}@${digest}`, wrong.join('; '))
}

/** What the manifest's content names, against the links that were made of it. */
async function wrongLinks(core: Core, row: ManifestRow, signal: AbortSignal): Promise<string[]> {
  const content = await core.store.get(blobs, [row.digest])
  if (content === undefined) return ['its content is not there']
  // That content is damaged is told of the content.
  if (content.damagedAt !== 0) return []
  const kept = await linksOfManifest(core, row.repository, row.digest)
  const named = await readLinks(core, row, signal)
  if (named === undefined) return []
  const lost = kept.filter((link) => !named.has(link.digest)).map((link) => link.digest)
  const wrong = lost.map((digest) => `a link to ${digest}, which it does not name`)
  const keys = kept.map((link) => [row.repository, link.digest])
  const [held, indexed] = await Promise.all([
    core.store.getMany(holdings, keys),
    core.store.getMany(manifests, keys),
  ])
  kept.forEach(({ target, digest }, at) => {
    if ((target === 'blob' ? held : indexed)[at] === undefined)
      wrong.push(`it names ${digest}, which is not there`)
  })
  return wrong
}

async function readLinks(
  core: Core,
  row: ManifestRow,
  signal: AbortSignal,
): Promise<Set<string> | undefined> {
  try {
    await using opened = await openContent(core, row.digest as Digest, undefined, signal)
    const parts: Uint8Array[] = []
    for await (const part of opened.bytes) parts.push(Uint8Array.from(part))
    const manifest = parseManifest(Buffer.concat(parts), row.mediaType, {
      ...defaultManifestLimits,
      links: 1000,
    })
    return new Set(manifest.links.map((link) => link.digest))
  } catch (error) {
    if (signal.aborted) throw error
    // Told where content is read; here is nothing to compare.
    return undefined
  }
}

async function checkUsage(core: Core, tell: Tell): Promise<void> {
  const before = new Map<string, string>()
  for await (const row of eachRow(core.store, namespaces)) before.set(row.namespace, row.rev)
  const counted = await countAll(core, (repository) => repositoryUsage(core, repository))
  for await (const { namespace, rev, ...kept } of eachRow(core.store, namespaces)) {
    const { namespace: _, ...real } = counted.get(namespace) ?? {
      namespace,
      bytes: 0,
      repositories: 0,
      manifests: 0,
    }
    // Whoever pushed meanwhile has moved the row, and the count is of no one time.
    if (before.get(namespace) !== rev || JSON.stringify(sorted(kept)) === JSON.stringify(sorted(real)))
      continue
    tell(
      `namespace ${namespace}`,
      `it is said to use ${JSON.stringify(kept)}, and its records add up to ${JSON.stringify(real)}`,
    )
  }
}

const sorted = (record: Record<string, unknown>): [string, unknown][] => Object.entries(record).sort()

async function lengthOf(rows: AsyncIterable<unknown>): Promise<number> {
  let count = 0
  for await (const _row of rows) count++
  return count
}
