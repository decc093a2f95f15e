import type { FileName } from '../../ports/blobs/blobs.ts'
import { blobs, type FileRow, files, uploads } from '../content/tables.ts'
import { claimOrphan } from '../gc/sweep.ts'
import type { Core } from '../ledger/core.ts'
import { eachRow } from '../ledger/each-row.ts'
import type { Progress } from '../ledger/progress.ts'
import type { Findings } from './finding.ts'

/** Names of files that are compared in one go: bounds the memory, whatever the number of files. */
const filesPerPass = 250_000

/** Every file that the engine has is known, and every row of a file is that of what names it. Answers how many files there are. */
export async function checkFiles(
  core: Core,
  findings: Findings,
  progress: Progress,
  signal: AbortSignal,
): Promise<number> {
  let count = 0
  for await (const { file } of core.blobs.list()) {
    signal.throwIfAborted()
    progress({ phase: 'comparing files', done: ++count, unit: 'files' })
    if ((await core.store.get(files, [file])) !== undefined) continue
    if (await claimOrphan(core, file)) {
      findings.tell({ damage: 'orphan', remedy: 'trashed', target: file, what: 'no record knows this file' })
    }
  }
  await checkOwners(core, findings, signal)
  return count
}

/** Rows in state `blob` or `upload` are each named once, by a blob or an upload. */
async function checkOwners(core: Core, findings: Findings, signal: AbortSignal): Promise<void> {
  let after = ''
  for (;;) {
    signal.throwIfAborted()
    const { rows, last } = await nextFiles(core, after)
    await compareOwners(core, rows, findings)
    if (last === undefined) return
    after = last
  }
}

/** In the order of their names; `last` where there may be more. */
async function nextFiles(
  core: Core,
  after: string,
): Promise<{ rows: Map<string, FileRow>; last: string | undefined }> {
  const rows = new Map<string, FileRow>()
  for await (const row of eachRow(core.store, files)) {
    if (row.file <= after) continue
    rows.set(row.file, row)
    if (rows.size === filesPerPass) return { rows, last: row.file }
  }
  return { rows, last: undefined }
}

async function compareOwners(core: Core, rows: Map<string, FileRow>, findings: Findings): Promise<void> {
  const owned = new Map<string, 'blob' | 'upload'>()
  for await (const { file } of eachRow(core.store, blobs)) if (rows.has(file)) owned.set(file, 'blob')
  for await (const { file } of eachRow(core.store, uploads)) if (rows.has(file)) owned.set(file, 'upload')
  for (const [file, { state }] of rows) {
    const owner = owned.get(file) ?? 'trash'
    if (owner === state || (await isSettled(core, file))) continue
    findings.tell({
      damage: 'record',
      remedy: 'told',
      target: `files ${file}`,
      what: `it is in state ${state}, and ${owner === 'trash' ? 'nothing names it' : `a row of ${owner}s names it`}`,
    })
  }
}

/** Read at different times, the rows may differ without a fault: a second look, at this file alone, decides. */
async function isSettled(core: Core, file: string): Promise<boolean> {
  const row = await core.store.get(files, [file as FileName])
  if (row === undefined || row.state === 'trash') return true
  const owners = row.state === 'blob' ? blobs : uploads
  for await (const owner of eachRow(core.store, owners as typeof blobs)) if (owner.file === file) return true
  return (await core.store.get(files, [file]))?.rev !== row.rev
}
