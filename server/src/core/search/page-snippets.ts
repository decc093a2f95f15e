import type { ArtifactRow } from '../artifacts/tables.ts'
import type { Core } from '../ledger/core.ts'
import type { Snippet } from './search-request.ts'
import type { SnippetMaker } from './snippet-maker.ts'
import { sourceHead } from './source-head.ts'
import { takingTurns } from './taking-turns.ts'

/** Snippets of each artifact of a page. A source is read only where nothing else shows that it fits. */
export async function pageSnippets(
  core: Core,
  rows: readonly ArtifactRow[],
  snippets: SnippetMaker,
): Promise<readonly (readonly Snippet[])[]> {
  const turn = takingTurns(core.clock)
  const shown: (readonly Snippet[])[] = []
  for (const row of rows) {
    shown.push(snippets(row, ''))
    await turn()
  }
  const sources = await Promise.all(
    rows.map(async (row, at) => (shown[at]?.length === 0 ? await sourceHead(core, row) : '')),
  )
  for (const [at, row] of rows.entries()) {
    const source = sources[at] ?? ''
    if (source === '') continue
    shown[at] = snippets(row, source)
    await turn()
  }
  return shown
}
