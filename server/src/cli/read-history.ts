import { settings } from '../config/settings.ts'
import { parseTimestamp } from '../domain/rfc3339.ts'
import { Failure } from './failure.ts'
import type { RegistryClient } from './registry-client.ts'
import type { RegistryReference } from './registry-reference.ts'

/** As the registry writes it. */
export interface HistoryEntry {
  /** RFC 3339. */
  readonly at: string
  /** null: the tag was deleted. */
  readonly digest: string | null
  readonly previous: string | null
  readonly by: string
  readonly change: 'create' | 'move' | 'delete'
  readonly seq: number
  /** The registry still has the manifest for this entry. Where it does not say so, it is taken to. */
  readonly kept: boolean
}

interface HistoryPage {
  readonly entries: readonly HistoryEntry[]
  /** There are older ones. */
  readonly more: boolean
}

const pageSize = Number(settings['limits.tagHistoryPage'].default)

/** Newest first, `limit` at most. @throws Failure */
export async function readHistory(
  client: RegistryClient,
  { tag }: RegistryReference,
  limit: number,
): Promise<HistoryEntry[]> {
  const entries: HistoryEntry[] = []
  while (entries.length < limit) {
    const last = entries.at(-1)?.seq
    const n = Math.min(pageSize, limit - entries.length)
    const path = `_lading/tags/${tag}/history?n=${n}${last === undefined ? '' : `&last=${last}`}`
    const page = readPage((await client.send({ method: 'GET', path })).bytes)
    entries.push(...page.entries)
    if (!page.more || page.entries.length === 0) break
  }
  return entries.slice(0, limit)
}

function readPage(bytes: Uint8Array): HistoryPage {
  try {
    const { entries, next } = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>
    if (!Array.isArray(entries)) throw new Error('it has no entries')
    return { entries: entries.map(readEntry), more: next !== undefined && next !== null }
  } catch (error) {
    throw new Failure(`this is no history of a tag; is it a Lading that answers? (${String(error)})`)
  }
}

function readEntry(raw: Omit<HistoryEntry, 'kept'> & { readonly kept?: boolean }): HistoryEntry {
  parseTimestamp(raw.at)
  if (!Number.isSafeInteger(raw.seq)) throw new Error('an entry has no seq')
  return { ...raw, kept: raw.kept !== false }
}
