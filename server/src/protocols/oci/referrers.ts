import type { ReferrerDescriptor } from '../../boot/registry.ts'
import { parseDigest } from '../../domain/digest.ts'
import { mediaTypes } from '../../domain/media-type.ts'
import type { Exchange } from '../../http/exchange.ts'
import { answer } from './answer.ts'
import { type Endpoint, type Handle, reading } from './call.ts'
import { lastSeen, nextLink, pageLength } from './paging.ts'

/** "Listing Referrers". An unknown subject has an empty list, never 404: that would send clients to the tag schema. */
const get: Handle = async ({ exchange, registry, settings }, { repository, argument }) => {
  const subject = parseDigest(argument)
  const limit = pageLength(exchange, settings.pageSize)
  const artifactType = wantedType(exchange)
  const last = lastSeen(exchange)
  const filter = artifactType === undefined ? [] : ['OCI-Filters-Applied', 'artifactType']
  if (limit === 0) return answerIndex(exchange, [], filter)
  const { descriptors, more } = await registry.manifests.referrers(repository, subject, {
    limit,
    ...(artifactType === undefined ? {} : { artifactType }),
    ...(last === undefined ? {} : { last: parseDigest(last) }),
  })
  const final = descriptors.at(-1)
  const link = more && final !== undefined ? nextLink(exchange, final.digest) : []
  answerIndex(exchange, descriptors, [...filter, ...link])
}

/** A media type has no spaces: one that is there was a `+` that the client did not encode. */
function wantedType(exchange: Exchange): string | undefined {
  return exchange.parameters.get('artifactType')?.replaceAll(' ', '+') || undefined
}

function answerIndex(exchange: Exchange, manifests: readonly ReferrerDescriptor[], headers: string[]): void {
  const index = { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests }
  // Exactly this type: with a charset behind it some clients do not take the answer for an index.
  headers.push('Content-Type', mediaTypes.ociIndex, 'Cache-Control', 'no-cache')
  answer(exchange, 200, headers, JSON.stringify(index))
}

export const referrers: Endpoint = reading(get)
