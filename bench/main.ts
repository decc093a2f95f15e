import { root } from '../scripts/pinned-node.js'
import { access } from './access/suite.ts'
import { readArguments, UsageError, usage } from './arguments.ts'
import { enginesSuite } from './engines/suite.ts'
import { library } from './library/suite.ts'
import { oci } from './oci/suite.ts'
import { endOnSignals } from './process/live.ts'
import { runSuite, type World } from './run-suite.ts'
import { relevance, runRelevance } from './search/relevance/run-relevance.ts'
import { searchSuite } from './search/suite.ts'
import type { Suite } from './session/suite.ts'

const usageCode = 2

endOnSignals()
try {
  const wish = readArguments(process.argv.slice(2))
  const suites: readonly Suite[] = [
    oci,
    library,
    enginesSuite(wish.artifacts),
    searchSuite(wish.artifacts),
    access,
  ]
  const world: World = {
    root,
    env: process.env,
    suites: [...suites.map(({ name }) => name), relevance],
    out: (text) => console.log(text),
    note: (text) => console.error(text),
  }
  const suite = suites.find(({ name }) => name === wish.suite)
  if (suite !== undefined) await runSuite(suite, wish, world)
  else if (wish.suite === relevance) await runRelevance(wish, world)
  else throw new UsageError(`there is no suite ${wish.suite}`)
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  console.error(`${error.message}\n\n${usage}`)
  process.exitCode = usageCode
}
