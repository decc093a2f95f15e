import type { RepositoryOverview } from '../../boot/registry.ts'
import { formatTimestamp } from '../../domain/rfc3339.ts'
import { html, type Markup } from './html.ts'
import { shownDigest, shownSize, shownTime, shownType } from './shown.ts'

/** A repository's tags, a line each. */
export function tagRows({ tags }: RepositoryOverview): Markup {
  return html`<ul class="rows">${tags.map(
    ({ tag, digest, artifactType, size, movedAt }) => html`
<li class="row"><span class="tag">${tag}</span><span class="number soft">${shownSize(size)}</span>
<time class="soft" datetime="${formatTimestamp(movedAt)}">${shownTime(movedAt)}</time>
<span class="type soft" title="${artifactType}">${shownType(artifactType)} <code title="${digest}">${shownDigest(digest)}</code></span></li>`,
  )}
</ul>`
}
