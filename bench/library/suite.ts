import { join } from 'node:path'
import { root } from '../../scripts/pinned-node.js'
import type { Suite } from '../session/suite.ts'
import { libraryRows, usualSizes } from './rows.ts'
import { libraryTargets } from './targets.ts'

export const library: Suite = {
  name: 'library',
  title: 'The library beside what it stands on',
  targets: libraryTargets,
  tools: [],
  rows: libraryRows(usualSizes, join(root, '.cache/bench/library')),
  how: [
    'Each measurement is a process of its own, which warms up before it counts. Before reads and lists are measured, every layer must answer them with the same artifacts, in the same order.',
    'All of them work on one machine and one file system, with a write-ahead log that is flushed with every group of commits (`synchronous = FULL`).',
  ],
  causes: join(import.meta.dirname, 'causes.md'),
}
