import { graceTime, historyWindow, manifests, tags, untaggedKept } from './content.ts'

/** What one request does, and what a run of garbage collection does. Repositories, blobs, manifests and tags by their place. */
export type Request =
  | {
      readonly do: 'push-blob' | 'head-blob' | 'delete-blob' | 'get-blob'
      readonly repository: number
      readonly blob: number
    }
  | { readonly do: 'mount'; readonly repository: number; readonly blob: number }
  | {
      readonly do: 'push-manifest'
      readonly repository: number
      readonly manifest: number
      readonly tag?: number
    }
  | {
      readonly do: 'head-manifest' | 'get-manifest' | 'referrers'
      readonly repository: number
      readonly manifest: number
    }
  | {
      readonly do: 'delete-manifest'
      readonly repository: number
      readonly manifest: number
      readonly awaited?: readonly number[]
    }
  | { readonly do: 'get-tag' | 'delete-tag' | 'history'; readonly repository: number; readonly tag: number }
  | { readonly do: 'list-tags'; readonly repository: number }
  /** `sparing`: repositories whose tags a rule lets stay, since they have just moved. */
  | { readonly do: 'collect'; readonly sparing?: readonly number[]; readonly awaited?: readonly number[] }

interface Entry {
  at: number
  /** -1: the tag was deleted. */
  manifest: number
  holds: boolean
}

interface Repository {
  holdings: Record<number, { idleSince: number }>
  manifests: Record<number, { idleSince: number; pulledAt: number }>
  tags: Record<number, { manifest: number; pushedAt: number }>
  history: Record<number, Entry[]>
  /** Manifests that went, whose referrers nobody has looked at yet. */
  gone: number[]
}

/** The whole registry as a person would think of it: plain data, one step after the other. */
export interface Plain {
  readonly repositories: Repository[]
}

export function emptyPlain(count: number): Plain {
  return {
    repositories: Array.from({ length: count }, () => ({
      holdings: {},
      manifests: {},
      tags: {},
      history: {},
      gone: [],
    })),
  }
}

/**
 * Does what the request says, at a time, and answers what the client must see. The referrers of what goes by it go as well;
 * those of `awaited` manifests when `settle` is called.
 */
export function step(plain: Plain, request: Request, now: number): string {
  if (request.do === 'collect') {
    for (const [at, repository] of plain.repositories.entries()) {
      collect(repository, now, request.sparing?.includes(at) === true)
      followGone(repository, now, request.awaited)
    }
    return 'collected'
  }
  const home = plain.repositories[request.repository] as Repository
  switch (request.do) {
    case 'push-blob':
      home.holdings[request.blob] = { idleSince: now }
      return '201'
    case 'get-blob':
      return request.blob in home.holdings ? '200' : '404'
    case 'head-blob': {
      const held = home.holdings[request.blob]
      if (held === undefined) return '404'
      if (namedBy(home, request.blob) === 0 && now - held.idleSince > graceTime / 2) held.idleSince = now
      return '200'
    }
    case 'delete-blob':
      if (!(request.blob in home.holdings)) return '404'
      if (namedBy(home, request.blob) > 0) return '409'
      delete home.holdings[request.blob]
      return '202'
    case 'mount': {
      const other = plain.repositories[1 - request.repository] as Repository
      if (!(request.blob in other.holdings)) return '202'
      home.holdings[request.blob] = { idleSince: now }
      return '201'
    }
    case 'push-manifest':
      return pushManifest(home, request.manifest, request.tag, now)
    case 'get-manifest':
      return pull(home, request.manifest, now)
    case 'head-manifest':
      return request.manifest in home.manifests ? '200' : '404'
    case 'delete-manifest':
      if (!(request.manifest in home.manifests)) return '404'
      if (indexes(home, request.manifest) > 0) return '409'
      removeManifest(home, request.manifest, now)
      followGone(home, now, request.awaited)
      return '202'
    case 'referrers':
      return `200 ${referrersOf(home, request.manifest).join()}`
    case 'get-tag': {
      const at = home.tags[request.tag]
      return at === undefined ? '404' : `${pull(home, at.manifest, now)} ${at.manifest}`
    }
    case 'delete-tag':
      if (!(request.tag in home.tags)) return '404'
      moveTag(home, request.tag, -1, now)
      return '202'
    case 'history':
      return `200 ${(home.history[request.tag] ?? []).map(({ manifest, holds }) => `${manifest}${holds || manifest === -1 ? '' : '-'}`).join()}`
    case 'list-tags':
      return `200 ${Object.keys(home.tags)
        .map((at) => tags[Number(at)])
        .toSorted()
        .join()}`
  }
}

/** Whatever was still to be done is done. */
export function settle(plain: Plain, now: number): void {
  for (const home of plain.repositories) followGone(home, now)
}

function pushManifest(home: Repository, at: number, tag: number | undefined, now: number): string {
  const known = home.manifests[at]
  const { blobs: named, manifests: children } = manifests[at] as (typeof manifests)[number]
  if (known !== undefined) known.idleSince = now
  else {
    if (named.some((blob) => !(blob in home.holdings))) return '400'
    if (children.some((child) => !(child in home.manifests))) return '400'
    home.manifests[at] = { idleSince: now, pulledAt: 0 }
  }
  const tagged = tag === undefined ? undefined : home.tags[tag]
  if (tagged?.manifest === at) tagged.pushedAt = now
  else if (tag !== undefined) moveTag(home, tag, at, now)
  return '201'
}

function moveTag(home: Repository, tag: number, to: number, now: number): void {
  const before = home.tags[tag]
  if (to === -1) delete home.tags[tag]
  else home.tags[tag] = { manifest: to, pushedAt: now }
  home.history[tag] = [...(home.history[tag] ?? []), { at: now, manifest: to, holds: to !== -1 }]
  if (before !== undefined) touch(home, before.manifest, now)
}

function touch(home: Repository, at: number, now: number): void {
  const row = home.manifests[at]
  if (row !== undefined) row.idleSince = now
}

/** With its tags. Its referrers follow: see `followGone`. */
function removeManifest(home: Repository, at: number, now: number): void {
  for (const [tag, { manifest }] of Object.entries(home.tags)) {
    if (manifest === at) moveTag(home, Number(tag), -1, now)
  }
  for (const entry of Object.values(home.history).flat()) if (entry.manifest === at) entry.holds = false
  delete home.manifests[at]
  const { blobs: named, manifests: children } = manifests[at] as (typeof manifests)[number]
  for (const blob of named) {
    const held = home.holdings[blob]
    if (held !== undefined) held.idleSince = now
  }
  for (const child of children) touch(home, child, now)
  home.gone.push(at)
}

/** Referrers that only what went has kept go too, and theirs. What came back meanwhile keeps its own. */
function followGone(home: Repository, now: number, awaited: readonly number[] = []): void {
  const later: number[] = []
  for (let at = home.gone.shift(); at !== undefined; at = home.gone.shift()) {
    if (awaited.includes(at)) later.push(at)
    else if (!(at in home.manifests)) {
      for (const referrer of referrersOf(home, at)) {
        const row = home.manifests[referrer]
        if (row !== undefined && row.idleSince < now && references(home, referrer) === 0)
          removeManifest(home, referrer, now)
      }
    }
  }
  home.gone = later
}

function pull(home: Repository, at: number, now: number): string {
  const row = home.manifests[at]
  if (row === undefined) return '404'
  row.pulledAt = now
  return '200'
}

const referrersOf = (home: Repository, subject: number): number[] =>
  Object.keys(home.manifests)
    .map(Number)
    .filter((at) => manifests[at]?.subject === subject)

/** Manifests of the repository that name the blob. */
const namedBy = (home: Repository, blob: number): number =>
  Object.keys(home.manifests).filter((at) => manifests[Number(at)]?.blobs.includes(blob)).length

const indexes = (home: Repository, at: number): number =>
  Object.keys(home.manifests).filter((index) => manifests[Number(index)]?.manifests.includes(at)).length

function references(home: Repository, at: number): number {
  const tagged = Object.values(home.tags).filter(({ manifest }) => manifest === at).length
  const held = Object.values(home.history)
    .flat()
    .filter(({ manifest, holds }) => manifest === at && holds).length
  return tagged + held + indexes(home, at)
}

function collect(home: Repository, now: number, sparesTags: boolean): void {
  const candidates = Object.entries(home.tags)
    .map(([tag, { pushedAt }]) => ({ tag: Number(tag), pushedAt }))
    .filter(({ tag }) => tags[tag]?.startsWith('rc-'))
    .toSorted((a, b) => b.pushedAt - a.pushedAt || (String(tags[a.tag]) < String(tags[b.tag]) ? 1 : -1))
  if (!sparesTags) for (const { tag } of candidates.slice(1)) moveTag(home, tag, -1, now)
  collectUntagged(home, now)
  for (const entries of Object.values(home.history)) {
    for (const [at, entry] of entries.entries()) {
      const next = entries[at + 1]
      if (!entry.holds || next === undefined || next.at >= now - historyWindow) continue
      entry.holds = false
      touch(home, entry.manifest, now)
    }
  }
  for (const [blob, { idleSince }] of Object.entries(home.holdings)) {
    if (namedBy(home, Number(blob)) === 0 && idleSince < now - graceTime) delete home.holdings[Number(blob)]
  }
}

function collectUntagged(home: Repository, now: number): void {
  const byDigest = Object.keys(home.manifests)
    .map(Number)
    .toSorted((a, b) => (String(manifests[a]?.digest) < String(manifests[b]?.digest) ? -1 : 1))
  const gone = new Set<number>()
  for (const at of byDigest) {
    const row = home.manifests[at]
    if (row === undefined || references(home, at) > 0 || row.idleSince >= now - untaggedKept) continue
    if (row.pulledAt > 0 && row.pulledAt >= now - untaggedKept) continue
    const subject = manifests[at]?.subject
    if (subject !== undefined && (gone.has(subject) || subject in home.manifests)) continue
    gone.add(at)
    removeManifest(home, at, now)
  }
}
