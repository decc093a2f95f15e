import type { AuditPage, AuditQuery } from '../core/audit/list-audit.ts'
import { isRegistryError } from '../domain/error.ts'
import { parseTimestamp } from '../domain/rfc3339.ts'
import type { Flag, Invocation } from './command.ts'
import { usageFailure } from './failure.ts'

/** What entries are asked for by. */
export const auditFlags: Readonly<Record<string, Flag>> = {
  actor: {
    takes: '<who>',
    about: 'Who did it: a user, or such as robot:acme/ci, system:retention, anonymous.',
  },
  artifact: { takes: '<name>', about: 'The repository it was done to, such as acme/app.' },
  namespace: { takes: '<name>', about: 'The namespace it was done in.' },
  action: { takes: '<action>', about: 'What was done, such as tag.move.' },
  outcome: {
    takes: '<outcome>',
    about: 'What came of it: done or refused.',
    completes: ['done', 'refused'],
  },
  from: { takes: '<time>', about: 'Since then: a day, or a time such as 2026-01-31T12:00:00Z.' },
  to: { takes: '<time>', about: 'Until then, that day or moment included.' },
}

const dayMs = 86_400_000

/** @throws Failure */
export function readAuditFlags({ values }: Invocation): Omit<AuditQuery, 'limit'> {
  const { outcome } = values
  if (outcome !== undefined && outcome !== 'done' && outcome !== 'refused')
    throw usageFailure(`--outcome wants done or refused, not ${JSON.stringify(outcome)}`)
  const texts = ['actor', 'artifact', 'namespace', 'action'].filter((name) => values[name] !== undefined)
  const [from, to] = [timeOf(values['from'], 'from'), timeOf(values['to'], 'to')]
  return {
    ...Object.fromEntries(texts.map((name) => [name, values[name]])),
    ...(outcome !== undefined && { outcome }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
  }
}

function timeOf(text: string | undefined, flag: 'from' | 'to'): number | undefined {
  if (text === undefined) return undefined
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text)
  try {
    const time = parseTimestamp(isDay ? `${text}T00:00:00Z` : text, flag)
    return isDay && flag === 'to' ? time + dayMs - 1 : time
  } catch (error) {
    if (isRegistryError(error, 'parameter-invalid')) throw usageFailure(`--${flag}: ${error.data.reason}`)
    throw error
  }
}

/** Every page of an answer, up to so many entries. */
export async function* auditPages(
  list: (query: AuditQuery) => Promise<AuditPage>,
  query: Omit<AuditQuery, 'limit'>,
  most: number = Number.POSITIVE_INFINITY,
): AsyncGenerator<AuditPage['entries'], void> {
  let after: string | undefined
  let left = most
  do {
    const limit = Math.min(left, 1000)
    const page = await list({ ...query, limit, ...(after !== undefined && { after }) })
    left -= page.entries.length
    yield page.entries
    after = page.next
  } while (after !== undefined && left > 0)
}
