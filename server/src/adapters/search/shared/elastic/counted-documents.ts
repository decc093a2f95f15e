import { searchFacets, searchFields } from '../../../../domain/search.ts'
import type { CountChange, SearchDocument } from '../../../../ports/search/search.ts'
import { documentKey } from './bounded-term.ts'
import type { Conversation } from './conversation.ts'
import { AnswerReader } from './read-answer.ts'
import { isMissing, isRecord, searchErrorOf } from './search-error-of.ts'

/** Documents that are read at once. */
const readAtOnce = 100

/**
 * The documents with their new numbers, of those that the index has in the very version. They have to be written whole: what is
 * looked for is not kept as it was given, so a server cannot change a part of it.
 * @returns undefined where the index is not there
 */
export async function countedDocuments(
  conversation: Conversation,
  index: string,
  { counts, timeoutMs }: { readonly counts: readonly CountChange[]; readonly timeoutMs: number },
): Promise<readonly SearchDocument[] | undefined> {
  const wanted = new Map(counts.map((count) => [documentKey(count.id), count]))
  const keys = [...wanted.keys()]
  const read = new AnswerReader(conversation.product)
  const counted: SearchDocument[] = []
  for (let at = 0; at < keys.length; at += readAtOnce) {
    const body = { ids: keys.slice(at, at + readAtOnce) }
    const answer = await conversation.askIndex(
      { method: 'POST', path: `/${index}/_mget`, body },
      { timeoutMs },
    )
    if (answer === undefined) return undefined
    for (const item of read.list(answer.body, 'docs')) {
      const { error, found, _id, _version, _source } = read.record(item)
      if (error !== undefined && isMissing({ status: 404, body: item })) return undefined
      if (error !== undefined) throw searchErrorOf(conversation.product, { status: 503, body: item })
      const count = wanted.get(String(_id))
      const stored = isRecord(_source) ? _source['stored'] : undefined
      if (found !== true || count === undefined || _version !== count.version) continue
      // What somebody else has put there is no document of ours.
      if (isDocument(stored) && stored.version === count.version)
        counted.push({ ...stored, numbers: count.numbers, weight: count.weight })
    }
  }
  return counted
}

function isDocument(stored: unknown): stored is SearchDocument {
  if (!isRecord(stored)) return false
  const { words, facets } = stored
  const isText = (value: unknown): boolean => typeof value === 'string'
  const isList = (value: unknown): boolean => Array.isArray(value) && value.every(isText)
  return (
    ['id', 'nameKey', 'visibility', 'owner', 'platform'].every((name) => isText(stored[name])) &&
    ['names', 'beginnings'].every((name) => isList(stored[name])) &&
    typeof stored['deprecated'] === 'boolean' &&
    isRecord(words) &&
    searchFields.every((field) => isText(words[field])) &&
    isRecord(facets) &&
    searchFacets.every((facet) => isList(facets[facet]))
  )
}
