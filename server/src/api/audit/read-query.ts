import type { AuditQuery } from '../../core/audit/list-audit.ts'
import { StrictParameters } from '../../http/strict-parameters.ts'

const filters = ['actor', 'artifact', 'namespace', 'action', 'outcome', 'from', 'to'] as const
const defaultLimit = 100

/** @throws RegistryError `parameter-invalid` */
export function readAuditPage(parameters: URLSearchParams): AuditQuery {
  const read = new StrictParameters(parameters, [...filters, 'limit', 'after'])
  const after = read.text('after')
  return {
    ...filtersOf(read),
    limit: read.whole('limit', 1, 1000) ?? defaultLimit,
    ...(after !== undefined && { after }),
  }
}

/** @throws RegistryError `parameter-invalid` */
export function readAuditFilters(parameters: URLSearchParams): Omit<AuditQuery, 'limit'> {
  return filtersOf(new StrictParameters(parameters, filters))
}

function filtersOf(read: StrictParameters): Omit<AuditQuery, 'limit'> {
  const texts = ['actor', 'artifact', 'namespace', 'action'].flatMap((name) => {
    const text = read.text(name)
    return text === undefined ? [] : [[name, text] as const]
  })
  const outcome = read.oneOf('outcome', ['done', 'refused'])
  const [from, to] = [read.time('from', 'first'), read.time('to', 'last')]
  return {
    ...Object.fromEntries(texts),
    ...(outcome !== undefined && { outcome }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
  }
}
