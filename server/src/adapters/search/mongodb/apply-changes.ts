import type { AnyBulkWriteOperation } from 'mongodb'
import type { CountChange, IndexChange, Mark, WholeChange } from '../../../ports/search/search.ts'
import { duplicatesOf } from './duplicates.ts'
import { docsIn, type GoneDocument, type IndexDocument, indexFormat, stateIn } from './index-collections.ts'
import { indexDocumentOf, vocabularyOf } from './index-document.ts'
import type { Pointer } from './pointer.ts'
import type { Changing } from './search-connection.ts'
import { sortableText } from './sortable-text.ts'
import { addWords } from './vocabulary.ts'

/**
 * Words, then documents, then the mark, without a transaction: each document is written whole and only over an older one, or
 * counted in the version that it has, so that whoever is killed in between, or comes too late, leaves nothing wrong, and the next one writes the same again.
 */
export async function applyChanges(
  changing: Changing,
  pointer: Pointer,
  {
    changes,
    to,
    wordsAtOnce,
  }: { readonly changes: readonly IndexChange[]; readonly to: Mark; readonly wordsAtOnce: number },
): Promise<'applied' | 'moved'> {
  const { db, options } = changing
  const { generation, mark } = pointer
  const newest = newestOf(changes.filter((change) => change.do !== 'count'))
  const words = new Set(
    newest.flatMap((change) => (change.do === 'put' ? [...vocabularyOf(change.document.words)] : [])),
  )
  await addWords(changing, generation, { words, atOnce: wordsAtOnce })
  await writeDocuments(changing, generation, newest)
  await countUses(
    changing,
    generation,
    changes.filter((change) => change.do === 'count'),
  )
  const { matchedCount } = await stateIn(db).updateOne(
    { _id: 'index', format: indexFormat, generation, mark },
    { $set: { mark: to }, $inc: { changes: 1 } },
    options,
  )
  return matchedCount === 1 ? 'applied' : 'moved'
}

const idOf = (change: WholeChange): string => (change.do === 'put' ? change.document.id : change.id)
const versionOf = (change: WholeChange): number =>
  change.do === 'put' ? change.document.version : change.version

/** Of several changes of one id the one that is newest, of equal ones the last. */
function newestOf(changes: readonly WholeChange[]): readonly WholeChange[] {
  const newest = new Map<string, WholeChange>()
  for (const change of changes) {
    const other = newest.get(idOf(change))
    if (other === undefined || versionOf(change) >= versionOf(other)) newest.set(idOf(change), change)
  }
  return [...newest.values()]
}

/** Where there is an older one of its id, or none. */
async function writeDocuments(
  { db, options }: Changing,
  generation: string,
  changes: readonly WholeChange[],
): Promise<void> {
  if (changes.length === 0) return
  const docs = docsIn(db, generation)
  const write = async (each: readonly WholeChange[], upsert: boolean): Promise<readonly number[]> => {
    const writes = each.map((change) => writeOf(change, upsert))
    return await duplicatesOf(docs.bulkWrite(writes, { ...options, ordered: false }))
  }
  // The id is taken: by a newer one, or by one that somebody has made at the same time, which may be older.
  const taken = await write(changes, true)
  if (taken.length > 0)
    await write(
      changes.filter((_, at) => taken.includes(at)),
      false,
    )
}

function writeOf(change: WholeChange, upsert: boolean): AnyBulkWriteOperation<IndexDocument> {
  const filter = { _id: sortableText(idOf(change)), version: { $lte: versionOf(change) } }
  const replacement = change.do === 'put' ? indexDocumentOf(change.document) : goneDocumentOf(change)
  return { replaceOne: { filter, replacement: replacement as IndexDocument, upsert } }
}

function goneDocumentOf({ id, version }: Extract<WholeChange, { do: 'remove' }>): GoneDocument {
  return { _id: sortableText(id), version, gone: new Date() }
}

async function countUses(
  { db, options }: Changing,
  generation: string,
  changes: readonly CountChange[],
): Promise<void> {
  if (changes.length === 0) return
  const counts = changes.map(({ id, version, numbers, weight }): AnyBulkWriteOperation<IndexDocument> => {
    const filter = { _id: sortableText(id), version, live: 1 as const }
    return { updateOne: { filter, update: { $set: { numbers, weight } } } }
  })
  await docsIn(db, generation).bulkWrite(counts, options)
}
