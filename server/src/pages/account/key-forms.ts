import type { ShownKey } from '../../boot/registry.ts'
import { html } from '../shared/html.ts'
import { page } from '../shared/layout.ts'
import { csrfField, field, problemText, shownTime } from './form-parts.ts'

export interface KeysView {
  readonly keys: readonly ShownKey[]
  readonly csrf: string
  /** Shown once. */
  readonly made?: string
}

/** What clients log in with that know no second factor, and whatever is to end without a password being changed. */
export function keysPage({ keys, csrf, made }: KeysView, problem: string | undefined): string {
  return page(
    'API keys · Lading',
    html`<h1>API keys</h1>
<p>A key is good for all that you may, in place of your password: for docker, for the command line, for scripts.</p>
${problemText(problem)}${
  made === undefined
    ? ''
    : html`<p role="status">Your new key, which is not shown again:</p><p><code class="address">${made}</code></p>`
}
${
  keys.length === 0
    ? html`<p>You have none.</p>`
    : html`<ul class="list sheet">${keys.map(
        ({ id, label, shown, createdAt, lastUsedAt }) => html`<li><h3>${label}</h3>
<p class="soft"><code>${shown}…</code> since ${shownTime(createdAt)} · ${lastUsedAt === undefined ? 'never used' : html`used last ${shownTime(lastUsedAt)}`}</p>
<form class="form" action="/account/keys/revoke" method="post">${csrfField(csrf)}<input type="hidden" name="key" value="${id}">
<button type="submit" aria-label="Revoke the key ${label}">Revoke it</button></form></li>`,
      )}</ul>`
}
<h2>Make a key</h2>
<form class="sheet form" action="/account/keys" method="post">${csrfField(csrf)}
${field({ name: 'label', label: 'What it is for', complete: 'off' })}
<button type="submit">Make it</button></form>
<nav aria-label="Pages"><a href="/account">Your account</a></nav>`,
    undefined,
  )
}
