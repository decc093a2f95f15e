import type { RepositoryOverview } from '../../boot/registry.ts'
import { formatTimestamp } from '../../domain/rfc3339.ts'
import { html, type Markup } from '../shared/html.ts'
import { shownType, typeOf } from './artifact-kind.ts'
import { shownDigest, shownSize, shownTime } from './shown.ts'

/** A repository's tags, a line each. */
export function tagRows({ tags }: RepositoryOverview): Markup {
  return html`<ul class="rows">${tags.map(
    ({ tag, digest, size, movedAt, ...types }) => html`
<li class="row"><span class="tag">${tag}</span><span class="number soft">${shownSize(size)}</span>
<time class="soft" datetime="${formatTimestamp(movedAt)}">${shownTime(movedAt)}</time>
<span class="type soft" title="${typeOf(types)}">${shownType(types)} <code title="${digest}">${shownDigest(digest)}</code></span></li>`,
  )}
</ul>`
}
