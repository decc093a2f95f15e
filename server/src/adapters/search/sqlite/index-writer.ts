import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { searchFields } from '../../../domain/search.ts'
import type {
  CountChange,
  IndexChange,
  Mark,
  SearchDocument,
  WholeChange,
} from '../../../ports/search/search.ts'
import { type CacheSize, damaged, openForApplying } from './connection.ts'
import { DocumentRows, type Said, saidAs, saidOf, type Texts } from './document-rows.ts'
import { indexFormat, type MetaKey } from './index-schema.ts'
import { Labels } from './labels.ts'
import { withUses } from './packed-document.ts'
import { WordChanges } from './word-changes.ts'

interface Known {
  readonly row: number
  readonly version: number
}
type Kept = Texts & { readonly said: string }

/** Changes an index that was built. */
export class IndexWriter {
  readonly #db: DatabaseSync
  readonly #labels: Labels
  readonly #rows: DocumentRows
  readonly #statements: ReturnType<typeof statementsOf>

  /** Throws SearchError `foreign` where it is of another format, or no index. */
  constructor(file: string, cache: CacheSize) {
    this.#db = openForApplying(file, cache)
    try {
      this.#statements = statementsOf(this.#db)
      if (this.#meta('format') !== indexFormat) throw damaged('it is of another format')
      this.#labels = new Labels(this.#db)
      this.#rows = new DocumentRows(this.#db, this.#labels, 'INSERT OR REPLACE')
    } catch (error) {
      this.#db.close()
      throw error
    }
  }

  mark(): Mark {
    return String(this.#meta('mark'))
  }

  /** All of it, or nothing. */
  apply(changes: readonly IndexChange[], from: Mark, to: Mark): 'applied' | 'moved' {
    this.#db.exec('BEGIN IMMEDIATE')
    try {
      const isNext = this.mark() === from
      if (isNext) this.#change(changes, to)
      this.#db.exec('COMMIT')
      return isNext ? 'applied' : 'moved'
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK')
      this.#labels.forget()
      throw error
    }
  }

  close(): void {
    this.#db.close()
  }

  #change(changes: readonly IndexChange[], to: Mark): void {
    const seq = Number(this.#meta('seq')) + 1
    const words = new WordChanges()
    for (const change of changes)
      if (change.do === 'count') this.#count(change, seq)
      else if (change.do === 'put') this.#put(change.document, seq, words)
      else this.#remove(change, seq, words)
    words.write(this.#db, this.#rows)
    this.#statements.setMeta.run(seq, 'seq')
    this.#statements.setMeta.run(to, 'mark')
  }

  #put(document: SearchDocument, seq: number, words: WordChanges): void {
    const known = this.#known(document.id)
    if (known !== undefined && document.version < known.version) return
    const row = known?.row ?? this.#nextRow()
    const kept = this.#kept(row)
    this.#rows.document(row, document, seq)
    const isOtherText =
      kept === undefined || searchFields.some((field) => kept[field] !== document.words[field])
    if (isOtherText) words.note(row, kept, document.words)
    const isOtherSaid = kept?.said !== saidAs(document)
    if (isOtherText || isOtherSaid) this.#rows.texts(row, document)
    if (isOtherSaid) this.#say(row, kept, document)
  }

  #count({ id, version, ...uses }: CountChange, seq: number): void {
    const known = this.#statements.packed.get(id, version) as { row: number; packed: Uint8Array } | undefined
    if (known === undefined) return
    this.#statements.count.run(seq, uses.weight, withUses(known.packed, uses), known.row)
  }

  #remove({ id, version }: WholeChange & { do: 'remove' }, seq: number, words: WordChanges): void {
    const known = this.#known(id)
    if (known !== undefined && version < known.version) return
    const row = known?.row ?? this.#nextRow()
    this.#statements.removed.run(row, id, version, seq)
    const kept = this.#kept(row)
    if (kept === undefined) return
    words.note(row, kept, undefined)
    this.#say(row, kept, { names: [], beginnings: [] })
    this.#statements.removeTexts.run(row)
  }

  #say(row: number, kept: Kept | undefined, { names, beginnings }: Said): void {
    const old: Said = kept === undefined ? { names: [], beginnings: [] } : saidOf(kept.said)
    for (const name of old.names) this.#statements.removeName.run(name, row)
    for (const beginning of old.beginnings) this.#statements.removeBeginning.run(beginning, row)
    for (const name of names) this.#statements.name.run(name, row)
    for (const beginning of beginnings) this.#statements.beginning.run(beginning, row)
  }

  #known(id: string): Known | undefined {
    return this.#statements.known.get(id) as Known | undefined
  }

  #kept(row: number): Kept | undefined {
    return this.#statements.kept.get(row) as Kept | undefined
  }

  #nextRow(): number {
    return (this.#statements.nextRow.get() as { row: number }).row
  }

  #meta(key: MetaKey): unknown {
    const row = this.#statements.meta.get(key) as { value: unknown } | undefined
    if (row === undefined) throw damaged(`it does not tell its ${key}`)
    return row.value
  }
}

function statementsOf(
  db: DatabaseSync,
): Record<
  | 'meta'
  | 'setMeta'
  | 'known'
  | 'kept'
  | 'nextRow'
  | 'removed'
  | 'packed'
  | 'count'
  | 'removeTexts'
  | 'name'
  | 'removeName'
  | 'beginning'
  | 'removeBeginning',
  StatementSync
> {
  return {
    meta: db.prepare('SELECT value FROM meta WHERE key = ?'),
    setMeta: db.prepare('UPDATE meta SET value = ? WHERE key = ?'),
    known: db.prepare('SELECT row, version FROM docs WHERE id = ?'),
    kept: db.prepare('SELECT name, title, description, topics, source, said FROM texts WHERE row = ?'),
    nextRow: db.prepare('SELECT coalesce(max(row), -1) + 1 AS row FROM docs'),
    // Stays, so that what is older does not come back.
    removed: db.prepare(
      "INSERT OR REPLACE INTO docs (row, id, version, seq, name_key, weight, packed) VALUES (?, ?, ?, ?, '', 0, NULL)",
    ),
    packed: db.prepare('SELECT row, packed FROM docs WHERE id = ? AND version = ? AND packed IS NOT NULL'),
    count: db.prepare('UPDATE docs SET seq = ?, weight = ?, packed = ? WHERE row = ?'),
    removeTexts: db.prepare('DELETE FROM texts WHERE row = ?'),
    name: db.prepare('INSERT OR IGNORE INTO names (name, row) VALUES (?, ?)'),
    removeName: db.prepare('DELETE FROM names WHERE name = ? AND row = ?'),
    beginning: db.prepare('INSERT OR IGNORE INTO beginnings (text, row) VALUES (?, ?)'),
    removeBeginning: db.prepare('DELETE FROM beginnings WHERE text = ? AND row = ?'),
  }
}
