import type { Precondition } from '../../boot/registry.ts'
import type { EntityTags } from '../../domain/etag.ts'
import { entityTags } from '../../http/conditions.ts'
import type { Exchange } from '../../http/exchange.ts'

/** If-Match compares strongly: a weak tag matches nothing. If-None-Match compares weakly (RFC 9110 section 13.1). */
export function preconditionOf(exchange: Exchange): Precondition {
  const match = entityTags(exchange, 'If-Match')
  const noneMatch = entityTags(exchange, 'If-None-Match')
  return {
    ...(match === undefined ? {} : { ifMatch: values(match, (tag) => !tag.weak) }),
    ...(noneMatch === undefined ? {} : { ifNoneMatch: values(noneMatch, () => true) }),
  }
}

function values(tags: EntityTags, counts: (tag: { weak: boolean }) => boolean): '*' | readonly string[] {
  return tags === 'any' ? '*' : tags.filter(counts).map((tag) => tag.value)
}
