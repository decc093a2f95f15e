import type { BatchId, Outcome } from '../../../ports/store/store.ts'
import type { CheckedBatch, RowChange } from '../shared/checked-batch.ts'
import type { Declared, DeclaredTable } from '../shared/declared.ts'
import type { KeptRow } from '../shared/kept-row.ts'
import { failedGuard, patched } from '../shared/row-rules.ts'
import { sortTextOf } from './sort-text.ts'

export type Failure = Exclude<Outcome, { ok: true }>

interface Step {
  /** Its place in the caller's list. */
  readonly at: number
  readonly table: DeclaredTable
  /** The primary key as a document's id. */
  readonly id: string
}

/** What a change comes to once its row is known. */
export type RowStep =
  | (Step & { readonly write: 'insert'; readonly after: KeptRow })
  | (Step & { readonly write: 'replace'; readonly before: KeptRow; readonly after: KeptRow })
  | (Step & { readonly write: 'remove'; readonly before: KeptRow })
  | (Step & { readonly write: 'check'; readonly before: KeptRow })

/** By table, then by the document's id. */
export type FoundRows = ReadonlyMap<string, ReadonlyMap<string, KeptRow>>

/** What each change of a row makes of it, or the first change whose own row refuses it. Throws `permanent`. */
export function rowSteps(
  batch: CheckedBatch,
  { tables }: Declared,
  idOf: (change: RowChange) => string,
  found: FoundRows,
): readonly RowStep[] | Failure {
  const steps: RowStep[] = []
  for (const change of batch.changes) {
    if (change.do === 'append') continue
    const id = idOf(change)
    const step = rowStep(batch.id, change, {
      table: tables.get(change.table) as DeclaredTable,
      id,
      before: found.get(change.table)?.get(id),
    })
    if ('ok' in step) return step
    steps.push(step)
  }
  return steps
}

function rowStep(
  rev: BatchId,
  change: RowChange,
  { table, id, before }: { table: DeclaredTable; id: string; before: KeptRow | undefined },
): RowStep | Failure {
  const { at } = change
  if (change.do === 'insert')
    return before === undefined
      ? { write: 'insert', at, table, id, after: { ...change.row, rev } }
      : { ok: false, change: at, why: 'exists' }
  if (before === undefined) return { ok: false, change: at, why: 'missing' }
  const why = failedGuard(table, before, change)
  if (why !== undefined) return { ok: false, change: at, why }
  switch (change.do) {
    case 'put':
      return { write: 'replace', at, table, id, before, after: { ...change.row, rev } }
    case 'patch':
      return { write: 'replace', at, table, id, before, after: patched(table, before, change, rev) }
    case 'remove':
    case 'check':
      return { write: change.do, at, table, id, before }
  }
}

/** Who has a unique key's value: by `uniquePlace`, the document's id. */
export type Holders = Map<string, string>

export const uniquePlace = (table: string, unique: string, text: string): string =>
  `${table}\0${unique}\0${text}`

/** The values of unique keys that the row comes to have, by the name of the key. */
export function wantedTexts(step: RowStep): (readonly [unique: string, text: string])[] {
  if (step.write === 'remove' || step.write === 'check') return []
  const { table, after } = step
  const texts = Array.from(table.unique.keys(), (unique) => [unique, textIn(table, unique, after)] as const)
  if (step.write === 'insert') return texts
  return texts.filter(([unique, text]) => textIn(table, unique, step.before) !== text)
}

/** The first change for which another row has the value of a unique key, as one change comes after the other. */
export function uniqueFailure(steps: readonly RowStep[], found: Holders): Failure | undefined {
  const holders = new Map(found)
  for (const step of steps) {
    const { table, id, at } = step
    const wanted = wantedTexts(step)
    const placeOf = (unique: string, text: string): string => uniquePlace(table.name, unique, text)
    for (const [uniqueKey, text] of wanted) {
      const holder = holders.get(placeOf(uniqueKey, text))
      if (holder !== undefined && holder !== id) return { ok: false, change: at, why: 'exists', uniqueKey }
    }
    if (step.write === 'remove' || step.write === 'replace') {
      const left = step.write === 'remove' ? [...table.unique.keys()] : wanted.map(([unique]) => unique)
      for (const unique of left) holders.delete(placeOf(unique, textIn(table, unique, step.before)))
    }
    for (const [unique, text] of wanted) holders.set(placeOf(unique, text), id)
  }
  return undefined
}

function textIn(table: DeclaredTable, unique: string, row: KeptRow): string {
  return sortTextOf(table.unique.get(unique) ?? [], row)
}
