import { join } from 'node:path'
import type { Suite } from '../session/suite.ts'
import { accessRows } from './rows/access-rows.ts'
import { usualSizes } from './rows/sizes.ts'
import { accessTargets } from './targets.ts'

export const access: Suite = {
  name: 'access',
  title: 'Who may what, and what was done',
  targets: accessTargets,
  tools: [],
  rows: accessRows(usualSizes),
  how: [
    'What is measured in the process is measured in one of its own each time, which warms up before it counts. Clients of a server are in another process; they and the server share the machine and talk over the loopback.',
  ],
  causes: join(import.meta.dirname, 'causes.md'),
}
