import type { Principal } from '../../domain/principal.ts'
import { answerJson } from './answer.ts'
import type { GlobalHandle, Methods } from './call.ts'
import { lastSeen, nextLink, pageLength } from './paging.ts'

/** Not in the spec, yet known to most clients: the repositories that the caller may see. */
const get: GlobalHandle = async ({ exchange, registry, settings, caller }) => {
  const lister = listerOf(caller.principal)
  registry.access.authorizeListing(lister)
  const limit = pageLength(exchange, settings.pageSize)
  if (limit === 0) return answerJson(exchange, { repositories: [] })
  const last = lastSeen(exchange)
  const { names, more } = await registry.repositories.list(lister, {
    limit,
    ...(last === undefined ? {} : { last }),
  })
  const final = names.at(-1)
  answerJson(exchange, { repositories: names }, more && final !== undefined ? nextLink(exchange, final) : [])
}

/** With a token for some repositories all are listed, where it is for that too. */
function listerOf(principal: Principal): Principal {
  if (!('via' in principal) || principal.via?.listing === undefined) return principal
  const { listing, ...via } = principal.via
  return { ...principal, via: { ...via, scopes: [...(via.scopes ?? []), ...listing] } }
}

export const catalog: Methods<GlobalHandle> = { GET: get, HEAD: get }
