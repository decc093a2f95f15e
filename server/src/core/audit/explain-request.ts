import { isRegistryError, RegistryError } from '../../domain/error.ts'
import { parseRepositoryName, type RepositoryName } from '../../domain/repository-name.ts'
import type { Caller } from '../ledger/caller.ts'
import { type Explained, type ExplainParts, explain } from './explain.ts'
import { type AuditEntry, type ListingParts, listAudit } from './list-audit.ts'

export interface ExplainedRequest {
  readonly entry: AuditEntry
  /** As it would be decided now; absent where the refusal is about no repository. */
  readonly explained?: Explained
}

const pageSize = 1000
/** Clients may choose ids, and one more than once. */
const mostFound = 10

/**
 * Which refusals a request id stands for, the newest first, of those that the caller may read in the log; found among as many
 * of the newest entries as one page of that looks at.
 * @throws RegistryError `unauthenticated`, `denied`, `parameter-invalid`
 */
export async function explainRequest(
  parts: ExplainParts & ListingParts,
  caller: Caller,
  requestId: string,
): Promise<readonly ExplainedRequest[]> {
  if (requestId === '' || requestId.includes(' '))
    throw new RegistryError('parameter-invalid', { parameter: 'request', reason: 'it is no id of a request' })
  const found: AuditEntry[] = []
  let after: string | undefined
  for (let looked = 0; looked < parts.scanned && found.length < mostFound; looked += pageSize) {
    const query = { outcome: 'refused', limit: pageSize, ...(after !== undefined && { after }) } as const
    const page = await listAudit(parts, caller, query)
    found.push(...page.entries.filter((entry) => entry.requestId.split(' ').includes(requestId)))
    after = page.next
    // Where fewer came, so many were looked at.
    if (after === undefined || page.entries.length < pageSize) break
  }
  return await Promise.all(
    found.slice(0, mostFound).map(async (entry) => {
      const explained = await explainedNow(parts, caller, entry)
      return { entry, ...(explained !== undefined && { explained }) }
    }),
  )
}

async function explainedNow(
  parts: ExplainParts,
  caller: Caller,
  { repository, by, via }: AuditEntry,
): Promise<Explained | undefined> {
  const name = repositoryIn(repository)
  if (name === undefined) return undefined
  const as = via.startsWith('key:') ? via : by
  if (!/^(?:anonymous$|user:|robot:|key:)/.test(as)) return undefined
  return await explain(parts, caller, { repository: name, as })
}

function repositoryIn(text: string): RepositoryName | undefined {
  try {
    return text === '' ? undefined : parseRepositoryName(text)
  } catch (error) {
    if (isRegistryError(error)) return undefined
    throw error
  }
}
