import type { ShownIdentity } from '../../boot/registry.ts'
import { html, type Markup } from '../shared/html.ts'

export interface NamedProvider {
  readonly name: string
  readonly title: string
}

/** Below the form of a login. Links and no forms: a form may not lead to another site (`form-action`). */
export function signInLinks(providers: readonly NamedProvider[], next: string): Markup | string {
  if (providers.length === 0) return ''
  const query = next === '' ? '' : `?${new URLSearchParams({ next }).toString()}`
  return html`<h2>Or log in with</h2>
<ul class="list sheet">${providers.map(
    ({ name, title }) => html`<li><a href="/sign-in/${name}${query}">${title}</a></li>`,
  )}</ul>`
}

export interface WaysView {
  readonly csrf: string
  readonly identities: readonly ShownIdentity[]
  readonly providers: readonly NamedProvider[]
}

/** On the page of an account: where else its user signs in, and could. */
export function waysIn({ csrf, identities, providers }: WaysView): Markup | string {
  if (providers.length === 0 && identities.length === 0) return ''
  const token = html`<input type="hidden" name="csrf" value="${csrf}">`
  const titleOf = (name: string): string => providers.find((one) => one.name === name)?.title ?? name
  const linked = identities.map(
    ({ id, provider, shown }) =>
      html`<li><strong>${titleOf(provider)}</strong> <span class="soft">${shown}</span>
<form action="/account/unlink" method="post">${token}<input type="hidden" name="id" value="${id}"><button type="submit">Unlink ${shown}</button></form></li>`,
  )
  const others = providers.map(
    ({ name, title }) =>
      html`<li><form action="/sign-in/${name}" method="post">${token}<button type="submit">Link ${title}</button></form></li>`,
  )
  return html`<h2>Where you sign in</h2>
<ul class="list sheet">${linked}${others}</ul>
`
}
