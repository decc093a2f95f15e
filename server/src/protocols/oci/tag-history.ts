import type { TagChange } from '../../boot/registry.ts'
import { RegistryError } from '../../domain/error.ts'
import { formatTimestamp } from '../../domain/rfc3339.ts'
import { parseTag } from '../../domain/tag.ts'
import type { Exchange } from '../../http/exchange.ts'
import { answerJson } from './answer.ts'
import { type Endpoint, type Handle, reading } from './call.ts'
import { lastSeen, nextLink, pageLength } from './paging.ts'

/**
 * Where a tag pointed, newest first: `{ name, tag, entries, next? }`. Lading's own; its name begins with `_`, which keeps it
 * out of the way of every repository.
 */
const get: Handle = async ({ exchange, registry, settings }, { repository, name, argument }) => {
  const tag = parseTag(argument)
  const limit = Math.max(1, pageLength(exchange, settings.tagHistoryPage))
  const last = lastEntry(exchange)
  const { entries, more } = await registry.tags.history(repository, tag, {
    limit,
    ...(last === undefined ? {} : { last }),
  })
  const final = entries.at(-1)
  const next = more && final !== undefined ? { next: final.seq } : {}
  const link = more && final !== undefined ? nextLink(exchange, String(final.seq)) : []
  answerJson(exchange, { name, tag, entries: entries.map(entryOf), ...next }, link)
}

function entryOf({
  seq,
  at,
  change,
  digest,
  previous,
  by,
  kept,
}: TagChange): Record<string, string | number | boolean | null> {
  return {
    seq,
    at: formatTimestamp(at),
    change,
    digest: digest ?? null,
    previous: previous ?? null,
    by,
    kept,
  }
}

function lastEntry(exchange: Exchange): number | undefined {
  const text = lastSeen(exchange)
  if (text === undefined) return undefined
  if (!/^[1-9][0-9]{0,14}$/.test(text)) {
    throw new RegistryError('parameter-invalid', {
      parameter: 'last',
      reason: 'it is not the seq of an entry',
    })
  }
  return Number(text)
}

export const tagHistory: Endpoint = reading(get)
