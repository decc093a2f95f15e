import type { Artifact } from '../../domain/artifact.ts'
import type { Sight } from '../../domain/search.ts'
import { artifactOf } from '../artifacts/artifact-rows.ts'
import type { Core } from '../ledger/core.ts'
import { builtEngine } from './built-engine.ts'
import { longestName } from './make-document.ts'
import { invalid } from './plan-search.ts'
import type { Answered, Searchers } from './searchers.ts'
import { settledAnswer } from './settled-answer.ts'
import { isRowInSight, shownRows } from './shown-rows.ts'
import { foldBeginning } from './text/fold.ts'

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
  // Folded, one sign may be eighteen.
  const typed = foldBeginning(text.replaceAll('\0', ' ').toWellFormed()).slice(0, longestName).toWellFormed()
  if (typed === '') return { value: [], engine: '', degraded: false }
  const asked = await searchers.ask(async (engine, signal, name) => {
    const asker = { core, watch: searchers.watch, name, sight }
    const { rows } = await settledAnswer(asker, async () => {
      const ids = await builtEngine(engine).complete({ text: typed, sight, limit }, signal)
      return { value: undefined, ids }
    })
    return [...rows.values()]
  })
  const shown = await shownRows(core, asked.value)
  const value = shown.filter(({ row }) => isRowInSight(sight, row)).map(({ row }) => artifactOf(row))
  return { ...asked, value }
}
