import type { AuditVerifyOptions, AuditVerifyReport } from '../core/audit/verify-audit.ts'
import { type Command, exitCodes, jsonFlag } from './command.ts'
import { dataFlags } from './data-flags.ts'
import { usageFailure } from './failure.ts'
import { operate } from './operate.ts'
import { counted } from './shown-size.ts'
import { shownText } from './shown-text.ts'

export const auditVerify: Command = {
  name: 'audit verify',
  summary: 'Finds what was changed, removed or added in the audit log',
  takes: [],
  about: [
    'Every entry is compared with its hash, which follows from the one before, and the chain with the heads that were signed, while the registry goes on serving. Entries that are not sealed yet are counted.',
    'With --expect it is the hash at one entry, as `lading audit heads` has printed it earlier, that has to be there: so is found who has made all of it anew, the key included.',
    'Without a server it reads the data folder itself. Ends with 3 where something is not as it was sealed.',
  ],
  flags: {
    ...dataFlags,
    expect: { takes: '<entry:hash>', about: 'What the hash at an entry was.' },
    ...jsonFlag,
  },
  examples: ['lading audit verify', 'lading audit verify --json'],
  async run(invocation) {
    const { world, switches, values } = invocation
    const report = await operate(invocation, ({ verifyAudit }) => verifyAudit, readExpect(values['expect']))
    if (switches.has('json')) world.out(JSON.stringify(report, null, 2))
    else for (const line of lines(report)) world.out(shownText(line))
    return report.sound ? exitCodes.done : exitCodes.damage
  },
}

function readExpect(text: string | undefined): AuditVerifyOptions {
  if (text === undefined) return {}
  const match = /^([1-9]\d{0,14}):([0-9a-f]{64})$/.exec(text)
  if (match === null)
    throw usageFailure(
      `--expect wants the number of an entry and its hash, such as 17:<64 hex digits>, not ${JSON.stringify(text)}`,
    )
  return { expect: { seq: Number(match[1]), hash: match[2] ?? '' } }
}

function lines(report: AuditVerifyReport): string[] {
  const { faults, found, entries, first, last, heads, expired, unsealed, unsigned, hash, sound } = report
  const age =
    unsealed.oldestAt === undefined ? '' : `, the oldest of ${new Date(unsealed.oldestAt).toISOString()}`
  return [
    ...faults.map(({ kind, what }) => `${kind}: ${what}`),
    ...(found > faults.length ? [`… and ${found - faults.length} more`] : []),
    ...(expired === 0 ? [] : [`Entries up to ${expired} have gone by audit.keep.`]),
    `Not sealed yet: ${unsealed.count}${age}. Behind the last signed head: ${unsigned}.`,
    entries === 0
      ? `There is no sealed entry${sound ? '' : ', and there should be'}.`
      : `Checked ${counted(entries, 'entry', 'entries')}, ${first} to ${last}, against ${counted(heads, 'head')}: ${sound ? 'all are as they were sealed' : `${counted(found, 'fault')} found`}. The hash at the end: ${last}:${hash}`,
  ]
}
