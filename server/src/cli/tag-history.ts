import { settings } from '../config/settings.ts'
import { parseTimestamp } from '../domain/rfc3339.ts'
import { clientFlags, openRegistry } from './client-flags.ts'
import { type Command, exitCodes, jsonFlag } from './command.ts'
import { Failure, usageFailure } from './failure.ts'
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
}

interface HistoryPage {
  readonly entries: readonly HistoryEntry[]
  /** There are older ones. */
  readonly more: boolean
}

const defaultLimit = 100
const pageSize = Number(settings['limits.tagHistoryPage'].default)

export const tagHistory: Command = {
  name: 'tag history',
  summary: 'Tells what a tag has named, when, and who moved it',
  takes: ['<ref>'],
  about: ['Asks a running registry. The newest change comes first. `<ref>` is host[:port]/name:tag.'],
  flags: {
    limit: { takes: '<n>', about: `How many changes to tell. Default: ${defaultLimit}.` },
    ...clientFlags,
    ...jsonFlag,
  },
  examples: [
    'lading tag history 127.0.0.1:7070/acme/app:latest',
    'lading tag history registry.example.com/acme/app:v1 --limit 5 --json',
  ],
  async run(invocation) {
    const limit = readLimit(invocation.values['limit'])
    const { reference, client } = await openRegistry(invocation)
    const entries = await readHistory(client, reference, limit)
    if (invocation.switches.has('json')) {
      const { name, tag } = reference
      invocation.world.out(JSON.stringify({ name, tag, entries }, null, 2))
    } else {
      for (const entry of entries) invocation.world.out(line(entry))
    }
    return exitCodes.done
  },
}

function readLimit(text: string | undefined): number {
  if (text === undefined) return defaultLimit
  if (!/^[1-9]\d{0,8}$/.test(text))
    throw usageFailure(`--limit wants a whole number from 1 on, not ${JSON.stringify(text)}`)
  return Number(text)
}

async function readHistory(
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

function readEntry(raw: HistoryEntry): HistoryEntry {
  parseTimestamp(raw.at)
  if (!Number.isSafeInteger(raw.seq)) throw new Error('an entry has no seq')
  return raw
}

function line({ at, change, digest, previous, by }: HistoryEntry): string {
  const was = previous === null || digest === null ? '' : ` (was ${previous})`
  return `${at}  ${change.padEnd('create'.length)}  ${digest ?? previous}${was}  by ${by}`
}
