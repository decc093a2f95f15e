import type { AuditEntry } from '../core/audit/list-audit.ts'
import { shownEntry } from '../core/audit/shown-entry.ts'
import { auditFlags, auditPages, readAuditFlags } from './audit-query.ts'
import { type Command, exitCodes, jsonFlag } from './command.ts'
import { dataFlags } from './data-flags.ts'
import { usageFailure } from './failure.ts'
import { withOperator } from './operate.ts'
import { shownText } from './shown-text.ts'

const defaultLimit = 100

export const auditList: Command = {
  name: 'audit list',
  summary: 'Tells who did what, and who was refused',
  takes: [],
  about: [
    'The newest comes first. Each line has when, who, what, what it was done to, and from where; of a refusal, the code.',
    'Without a server it reads the data folder itself.',
  ],
  flags: {
    ...auditFlags,
    limit: { takes: '<n>', about: `How many entries to tell. Default: ${defaultLimit}.` },
    ...dataFlags,
    ...jsonFlag,
  },
  examples: [
    'lading audit list --outcome refused --from 2026-01-31',
    'lading audit list --actor alice --artifact acme/app --json',
  ],
  async run(invocation) {
    const { world, switches, values } = invocation
    const query = readAuditFlags(invocation)
    const limit = readLimit(values['limit'])
    const entries: AuditEntry[] = []
    await withOperator(invocation, async ({ audit }) => {
      for await (const page of auditPages((asked) => audit.list(asked), query, limit)) entries.push(...page)
    })
    if (switches.has('json')) world.out(JSON.stringify({ entries: entries.map(shownEntry) }, null, 2))
    else for (const entry of entries) world.out(line(entry))
    return exitCodes.done
  },
}

function readLimit(text: string | undefined): number {
  if (text === undefined) return defaultLimit
  if (!/^[1-9]\d{0,8}$/.test(text))
    throw usageFailure(`--limit wants a whole number from 1 on, not ${JSON.stringify(text)}`)
  return Number(text)
}

function line({
  at,
  by,
  via,
  action,
  repository,
  target,
  before,
  after,
  outcome,
  code,
  times,
  address,
}: AuditEntry): string {
  const what = [repository, target].filter((text) => text !== '').join(' ')
  const moved = before === '' && after === '' ? '' : ` (${before || 'nothing'} to ${after || 'nothing'})`
  const refused = outcome === 'refused' ? ` refused${code === '' ? '' : `: ${code}`}` : ''
  const often = times === 1 ? '' : `, ${times} times`
  const from = [via && `by ${via}`, address && `from ${address}`].filter(Boolean).join(' ')
  return shownText(
    `${new Date(at).toISOString()}  ${by}  ${action}  ${what}${moved}${refused}${often}${from && `  ${from}`}`,
  ).replaceAll('\n', '\\n')
}
