import { searchArtifacts } from '../../../server/src/core/search/search-artifacts.ts'
import { suggest } from '../../../server/src/core/search/suggest.ts'
import { mixedRequests } from '../asking/mixed-requests.ts'
import { typedBeginnings } from '../asking/typed-beginnings.ts'
import { openSearched } from '../open-engine.ts'
import type { Task } from '../task.ts'

/** The same for all who are compared. */
const asked = { turn: 0, most: 40 }
const shown = 10

/** How many there are, the counts of all facets, and completions, as text: engines must say the same of them. */
export async function look({ at }: Extract<Task, { do: 'look' }>): Promise<{ readonly said: string }> {
  await using searched = await openSearched(at)
  const said: unknown[] = []
  for (const { sight, request } of mixedRequests(asked, true)) {
    const { total, facets, relaxed } = await searchArtifacts(
      searched.core,
      searched.searchers,
      sight,
      request,
    )
    // Which words are near to one that nobody has is an estimate where very many are.
    said.push(relaxed === 'none' ? [request.text, total, facets] : [request.text])
  }
  for (const text of typedBeginnings(asked)) {
    const wish = { text, limit: shown }
    const { value } = await suggest(searched.core, searched.searchers, [{ visibilities: ['public'] }], wish)
    said.push([text, value.map(({ id }) => id)])
  }
  return { said: JSON.stringify(said) }
}
