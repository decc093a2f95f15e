import { answerJson } from './answer.ts'
import { type Endpoint, type Handle, reading } from './call.ts'
import { lastSeen, nextLink, pageLength } from './paging.ts'

/** "Listing Tags". */
const get: Handle = async ({ exchange, registry, settings }, { repository, name }) => {
  const limit = pageLength(exchange, settings.pageSize)
  const last = lastSeen(exchange)
  // A repository that is not there is 404 for n=0 too: one tag is asked for, and kept back.
  const { tags, more } = await registry.tags.list(repository, {
    limit: Math.max(1, limit),
    ...(last === undefined ? {} : { last }),
  })
  if (limit === 0) return answerJson(exchange, { name, tags: [] })
  const final = tags.at(-1)
  answerJson(exchange, { name, tags }, more && final !== undefined ? nextLink(exchange, final) : [])
}

export const tags: Endpoint = reading(get)
