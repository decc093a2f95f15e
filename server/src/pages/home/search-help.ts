import { html, type Markup } from '../shared/html.ts'

const examples: readonly (readonly [typed: string, finds: string])[] = [
  ['left pad', 'both words, wherever they stand'],
  ['"left pad"', 'one word after the other'],
  ['pad -right', 'the one without the other'],
  ['pad*', 'words that begin so'],
  ['name:pad', 'in the name alone; so title, description, source'],
  ['kind:chart license:MIT', 'values; so namespace, topic, category, language, author'],
  ['downloads:>=100', 'numbers and days; so stars, created:>=2026-03-01, updated'],
]

/** What can be typed, in short. */
export function searchHelp(): Markup {
  return html`<details class="help"><summary>How to search</summary>
<dl>${examples.map(
    ([typed, finds]) => html`
<dt><a href="/?${new URLSearchParams({ q: typed }).toString()}"><code>${typed}</code></a></dt><dd>${finds}</dd>`,
  )}
</dl>
<p>Where little is found, what is spelt nearly so counts too, or begins so.</p></details>`
}
