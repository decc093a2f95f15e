import { join } from 'node:path'
import { root } from '../../scripts/pinned-node.js'
import { measuredSettings } from '../engines/servers/settings.ts'
import type { Suite } from '../session/suite.ts'
import { searchRows } from './rows/search-rows.ts'
import { sizesOf, usualSizes } from './rows/sizes.ts'
import { searchTargets } from './targets.ts'

/** `artifacts`: of the indexes that are searched, where they are not as large as usual. */
export function searchSuite(artifacts: number = usualSizes.artifacts): Suite {
  return {
    name: 'search',
    title: 'Searching',
    targets: searchTargets(artifacts),
    tools: [],
    rows: searchRows(sizesOf(artifacts), join(root, '.cache/bench/search')),
    how: [
      'The artifacts are made of some 4,000 packages of Debian: first these, then copies under names of their own, in which a third of the words are others, drawn as often as the texts have them, and a few are new. So common words stay common and rare ones rare. What engines are given of them is made by the registry.',
      'Each measurement is a process of its own, which asks other questions of the same words before it counts. Engines are asked by the registry: planning, near spellings, the order of hits, records and snippets are within the time; what HTTP takes is not. Every measurement asks in another order, by other users and with other narrowings. Before they are compared, engines must have answered the same questions with the same totals, the same counts of facets and the same completions. Records and indexes are read through before a row begins, so that the machine has them in memory: where they come from its disk, the 95th percentile of the first row was a fifth more with SQLite, and twice as much in a first round.',
      `PostgreSQL is on its defaults but for ${measuredSettings.map((each) => `\`${each}\``).join(', ')}; OpenSearch has one node and 2 GiB; all servers are on the same machine, reached over the loopback.`,
    ],
    causes: join(import.meta.dirname, 'causes.md'),
  }
}
