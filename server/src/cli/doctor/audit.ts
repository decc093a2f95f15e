import { longestUnsealed } from '../../core/audit/unsealed-tail.ts'
import { counted, span } from '../shown-size.ts'
import { type Check, ok, warning } from './check.ts'

/** What was done is in the chain soon after, where nobody changes it unseen. */
export const auditCheck: Check = {
  name: 'audit log',
  run({ standing, server, now, config: { audit } }) {
    const unsealed = standing?.unsealed
    // A server of an earlier release does not say.
    if (unsealed === undefined) return []
    const { entries, oldestAt } = unsealed
    if (entries === 0 || oldestAt === undefined) return [ok('all of its entries are sealed')]
    const waiting = counted(entries, 'entry', 'entries')
    if (server === undefined) return [ok(`${waiting}, which are sealed once a server runs`)]
    const since = now - Math.max(oldestAt, server.startedAt)
    if (since <= longestUnsealed(audit)) return [ok(`${waiting} just written, which are about to be sealed`)]
    return [
      warning(
        `${waiting} ${entries === 1 ? 'is' : 'are'} not sealed, the oldest for ${span(since)}: changes of them would not be found`,
        'see what the log says of seal-audit; `lading jobs` lists what failed',
      ),
    ]
  },
}
