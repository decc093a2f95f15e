import type { Artifact } from '../../domain/artifact.ts'
import type { Sight } from '../../domain/search.ts'
import { artifactOf } from '../artifacts/artifact-rows.ts'
import { rowsInSight } from '../artifacts/rows-in-sight.ts'
import type { Core } from '../ledger/core.ts'
import { builtEngine } from './built-engine.ts'
import { longestName } from './make-document.ts'
import { invalid } from './plan-search.ts'
import { textTyped } from './read-text.ts'
import type { Answered, Searchers } from './searchers.ts'
import { settledAnswer } from './settled-answer.ts'
import { shownRowsOf } from './shown-rows.ts'
import { foldBeginning } from './text/fold.ts'

const longestTyped = 100

/** `web-`: names in which a word ends there are meant more than those in which it goes on. */
const endsWord = (text: string): boolean => /[-_./\s]$/u.test(text)

/**
 * Artifacts with a name of which a word begins with what was typed so far, those first that are used most; before them those
 * of which the word ends where it was ended.
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
  const typed = foldBeginning(textTyped(text)).slice(0, longestName).toWellFormed()
  if (typed === '') return { value: [], engine: '', degraded: false }
  const asked = await searchers.ask(async (engine, signal, name) => {
    const asker = { core, watch: searchers.watch, name, sight }
    const { rows } = await settledAnswer(asker, async () => {
      const complete = async (beginning: string): Promise<readonly string[]> =>
        await builtEngine(engine).complete({ text: beginning, sight, limit }, signal)
      const ended = endsWord(text) ? await complete(`${typed} `) : []
      const ids = ended.length < limit ? [...new Set([...ended, ...(await complete(typed))])] : ended
      return { value: undefined, ids: ids.slice(0, limit) }
    })
    return [...rows.keys()]
  })
  const shown = await shownRowsOf(core, asked.value)
  const seen = await rowsInSight(
    core,
    sight,
    shown.map(({ row }) => row),
  )
  const value = seen.map((row) => artifactOf(row))
  return { ...asked, value }
}
