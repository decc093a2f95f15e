import { shownEntry } from '../core/audit/shown-entry.ts'
import { auditFlags, auditPages, readAuditFlags } from './audit-query.ts'
import { type Command, exitCodes } from './command.ts'
import { dataFlags } from './data-flags.ts'
import { withOperator } from './operate.ts'

export const auditExport: Command = {
  name: 'audit export',
  summary: 'Writes what was done as lines of JSON',
  takes: [],
  about: [
    'One entry a line with all that is known of it, the oldest first, to the standard output. What is written meanwhile comes too.',
    'Without a server it reads the data folder itself.',
  ],
  flags: { ...auditFlags, ...dataFlags },
  examples: ['lading audit export > audit.jsonl', 'lading audit export --from 2026-01-01 --to 2026-01-31'],
  async run(invocation) {
    const { world } = invocation
    const query = { ...readAuditFlags(invocation), oldestFirst: true }
    await withOperator(invocation, async ({ audit }) => {
      for await (const page of auditPages((asked) => audit.list(asked), query))
        for (const entry of page) world.out(JSON.stringify(shownEntry(entry)))
    })
    return exitCodes.done
  },
}
