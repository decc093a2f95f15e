import type { ShownKey } from '../../boot/registry.ts'
import { html, type Markup } from '../shared/html.ts'
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
<p>A key stands in place of your password: for docker, for the command line, for scripts. One that is made here is good for all that you may; <code>lading key make</code> makes those that are good for less.</p>
${problemText(problem)}${
  made === undefined
    ? ''
    : html`<p role="status">Your new key, which is not shown again:</p><p><code class="address">${made}</code></p>`
}
${
  keys.length === 0
    ? html`<p>You have no keys.</p>`
    : html`<ul class="list sheet">${keys.map(
        ({ id, label, shown, createdAt, expiresAt, lastUsedAt, ...bounds }) => html`<li><h3>${label}</h3>
<p class="soft"><code>${shown}</code> since ${shownTime(createdAt)}${expiresAt === undefined ? '' : html` · until ${shownTime(expiresAt)}`} · ${lastUsedAt === undefined ? 'never used' : html`used last ${shownTime(lastUsedAt)}`}</p>
${boundsText(bounds)}
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

/** What a key is good for that is good for less than its owner. */
function boundsText({ scopes = [], from }: Pick<ShownKey, 'scopes' | 'from'>): Markup | string {
  const goods = scopes.map(
    ({ permissions, namespace, kind, name }) =>
      html`good for ${permissions.join(', ')} in <code>${kind}:${namespace}/${name}</code>`,
  )
  const places = from.length === 0 ? [] : [html`from ${from.join(', ')}`]
  const said = [...goods, ...places]
  if (said.length === 0) return ''
  return html`<p class="soft">${said.map((one, at) => (at === 0 ? one : html` · ${one}`))}</p>`
}
