import { join } from 'node:path'
import { root } from '../../scripts/pinned-node.js'
import type { Suite } from '../session/suite.ts'
import { enginesRows } from './rows/engines-rows.ts'
import { usualSizes } from './rows/sizes.ts'
import { measuredSettings } from './servers/settings.ts'
import { enginesTargets } from './targets.ts'

/** `artifacts`: of the database that is read from, where it is not as large as usual. */
export function enginesSuite(artifacts: number = usualSizes.artifacts): Suite {
  return {
    name: 'engines',
    title: 'The engines of several machines beside what they stand on',
    targets: enginesTargets(artifacts),
    tools: [],
    rows: enginesRows({ ...usualSizes, artifacts }, join(root, '.cache/bench/engines')),
    how: [
      'Each measurement is a process of its own, which warms up before it counts. Before reads and lists are measured, every layer must answer them with the same artifacts, in the same order; objects that went to S3 must come back as they were.',
      `PostgreSQL flushes what it acknowledges. It is on its defaults but for ${measuredSettings.map((each) => `\`${each}\``).join(', ')}; all servers are on the same machine, reached over the loopback.`,
    ],
    causes: join(import.meta.dirname, 'causes.md'),
  }
}
