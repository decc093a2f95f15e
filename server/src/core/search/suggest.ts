import type { Artifact } from '../../domain/artifact.ts'
import type { Sight } from '../../domain/search.ts'
import { artifactOf } from '../artifacts/artifact-rows.ts'
import { artifacts } from '../artifacts/tables.ts'
import type { Core } from '../ledger/core.ts'
import { builtEngine } from './built-engine.ts'
import { longestName } from './make-document.ts'
import { invalid } from './plan-search.ts'
import type { Answered, Searchers } from './searchers.ts'
import { isRowInSight, shownRows } from './shown-rows.ts'
import { foldText } from './text/fold.ts'

const longestTyped = 100

/**
 * Artifacts with a name of which a word begins with what was typed so far, those first that are used most.
 * @throws RegistryError `parameter-invalid`; `unavailable`
 */
export async function suggest(
  core: Core,
  searchers: Searchers,
  sight: Sight,
  { text, limit }: { readonly text: string; readonly limit: number },
): Promise<Answered<readonly Artifact[]>> {
  if (text.length > longestTyped)
    throw invalid(
      'q',
      `it has ${text.length} characters, and ${longestTyped} are the most that are completed`,
    )
  const folded = foldText(text.replaceAll('\0', ' ').toWellFormed()).trimStart().replace(/\s+/gu, ' ')
  // Folded, one sign may be eighteen.
  const typed = folded.slice(0, longestName).toWellFormed()
  if (typed === '') return { value: [], engine: '', degraded: false }
  const asked = await searchers.ask((engine, signal) =>
    builtEngine(engine).complete({ text: typed, sight, limit }, signal),
  )
  const rows = await core.store.getMany(
    artifacts,
    asked.value.map((id) => [id]),
  )
  const shown = await shownRows(
    core,
    rows.filter((row) => row !== undefined),
  )
  const value = shown.filter(({ row }) => isRowInSight(sight, row)).map(({ row }) => artifactOf(row))
  return { ...asked, value }
}
