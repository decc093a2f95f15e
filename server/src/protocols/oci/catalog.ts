import { answerJson } from './answer.ts'
import type { GlobalHandle, Methods } from './call.ts'
import { lastSeen, nextLink, pageLength } from './paging.ts'

/** Not in the spec, yet known to most clients: the repositories that the caller may see. */
const get: GlobalHandle = async ({ exchange, registry, settings, caller }) => {
  registry.access.authorizeListing(caller.principal)
  const limit = pageLength(exchange, settings.pageSize)
  if (limit === 0) return answerJson(exchange, { repositories: [] })
  const last = lastSeen(exchange)
  const { names, more } = await registry.repositories.list(caller.principal, {
    limit,
    ...(last === undefined ? {} : { last }),
  })
  const final = names.at(-1)
  answerJson(exchange, { repositories: names }, more && final !== undefined ? nextLink(exchange, final) : [])
}

export const catalog: Methods<GlobalHandle> = { GET: get, HEAD: get }
