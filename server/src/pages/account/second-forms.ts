import type { ShownFactor, ShownFactors } from '../../boot/registry.ts'
import { html, Markup } from '../shared/html.ts'
import { page } from '../shared/layout.ts'
import {
  csrfField,
  type Fields,
  field,
  formPage,
  hidden,
  presentPassword,
  problemText,
  shownTime,
} from './form-parts.ts'
import { passkeyScript } from './passkey-script.ts'

const back = html`<nav class="pages" aria-label="Pages"><a href="/account/second-factor">Second factors</a> <a href="/account">Your account</a></nav>`

export interface FactorsView extends ShownFactors {
  readonly csrf: string
  readonly hasPasskeys: boolean
}

/** What somebody has beside their password, and what they can do about it. */
export function factorsPage(view: FactorsView, problem: string | undefined): string {
  const { factors, recoveryCodes, csrf, hasPasskeys } = view
  const hasApp = factors.some(({ kind }) => kind === 'totp')
  return page(
    'Second factor · Lading',
    html`<h1>Second factor</h1>
<p>With one, your password is not enough for whoever has it: each login asks for a code, or a passkey, too. Clients such as docker log in with an <a href="/account/keys">API key</a> then.</p>
${problemText(problem)}
${factors.length === 0 ? html`<p>You have no second factor.</p>` : factorList(factors, csrf)}
${hasApp ? '' : addApp(csrf)}
${hasPasskeys ? addPasskey(csrf) : ''}
${factors.length === 0 ? '' : renewCodes(csrf, recoveryCodes)}
<nav aria-label="Pages"><a href="/account">Your account</a></nav>`,
    undefined,
  )
}

function factorList(factors: readonly ShownFactor[], csrf: string): Markup {
  return html`<ul class="list sheet">${factors.map(
    ({ id, label, createdAt, usedAt }) => html`<li><h3>${label}</h3>
<p class="soft">since ${shownTime(createdAt)} · ${usedAt === 0 ? 'never used' : html`used last ${shownTime(usedAt)}`}</p>
<details><summary>Remove</summary><form class="form" action="/account/second-factor/remove" method="post">${csrfField(csrf)}<input type="hidden" name="factor" value="${id}">
${presentPassword(`password-${id}`)}
<button type="submit">Remove it</button>
<p class="soft">All other sessions, and all tokens, end by it. API keys stay.</p></form></details></li>`,
  )}</ul>`
}

const addApp = (csrf: string): Markup => html`<h2>Add an app for codes</h2>
<form class="sheet form" action="/account/second-factor/app" method="post">${csrfField(csrf)}
${presentPassword('password-app')}
<button type="submit">Show the secret</button></form>`

const addPasskey = (csrf: string): Markup => html`<h2>Add a passkey</h2>
<form class="sheet form" action="/account/second-factor/passkey" method="post">${csrfField(csrf)}
${presentPassword('password-passkey')}
<button type="submit">Go on</button></form>`

const renewCodes = (csrf: string, left: number): Markup => html`<h2>Codes for recovery</h2>
<form class="sheet form" action="/account/second-factor/recovery" method="post">${csrfField(csrf)}
<p>${left === 0 ? 'None is left.' : `${left} are left.`} New ones take the place of all earlier ones.</p>
${presentPassword('password-recovery')}
<button type="submit">Make new ones</button></form>`

export interface AppView {
  readonly csrf: string
  /** What the app is told; undefined: it was shown already. */
  readonly told?: { readonly secret: string; readonly uri: string; readonly picture: Markup }
}

/** The code of an app shows that it has the secret. */
export function appPage({ csrf, told }: AppView, problem: string | undefined): string {
  const about =
    told === undefined
      ? undefined
      : html`<p>Let your app look at this picture, or type the secret into it, or open the link where the app is. It is not shown again.</p>
<p>${told.picture}</p>
<p><code class="address">${told.secret.replace(/(.{4})(?=.)/g, '$1 ')}</code></p>
<p><a href="${told.uri}">Open the app</a></p>`
  return formPage('Your app', problem, {
    ...(about !== undefined && { about }),
    action: '/account/second-factor/app/confirm',
    body: html`${csrfField(csrf)}${codeField('Code that the app shows')}`,
    button: 'Add it',
    below: back,
  })
}

export interface PasskeyView {
  readonly csrf: string
  /** PublicKeyCredentialCreationOptionsJSON. */
  readonly options: object
}

/** What a browser makes one by: the script asks it when the button is pressed. */
export function newPasskeyPage({ csrf, options }: PasskeyView): string {
  return page(
    'Your passkey · Lading',
    html`<h1>Your passkey</h1>
<form class="sheet form" action="/account/second-factor/passkey/confirm" method="post" data-options="${JSON.stringify(options)}">${csrfField(csrf)}<input type="hidden" name="passkey" value="">
${field({ name: 'label', label: 'What you call it, if you want', complete: 'off', isOptional: true })}
${needsScript}
<p class="warned" role="alert"></p>
<button type="submit" disabled>Make a passkey</button></form>
${back}<script>${new Markup(passkeyScript)}</script>`,
    undefined,
  )
}

const needsScript = html`<noscript><p class="warned">Browsers have passkeys for scripts alone, and yours runs none here.</p></noscript>`

export function recoveryPage(codes: readonly string[]): string {
  return page(
    'Codes for recovery · Lading',
    html`<h1>Codes for recovery</h1>
<p>Each of these is good once, in place of your second factor. Keep them where you find them without it: they are not shown again.</p>
<ul class="list sheet">${codes.map((code) => html`<li><code>${code}</code></li>`)}</ul>
${back}`,
    undefined,
  )
}

export interface StepView {
  readonly csrf: string
  readonly hasTotp: boolean
  /** PublicKeyCredentialRequestOptionsJSON; undefined: there is no passkey to ask for. */
  readonly options?: object
}

/** The second step of a login. */
export function stepPage(
  { csrf, hasTotp, options }: StepView,
  fields: Fields,
  problem: string | undefined,
): string {
  const common = html`${csrfField(csrf)}${hidden('next', fields)}`
  const byPasskey =
    options === undefined
      ? ''
      : html`<form class="sheet form" action="/login/second" method="post" data-options="${JSON.stringify(options)}">${common}<input type="hidden" name="passkey" value="">
${needsScript}
<p class="warned" role="alert"></p>
<button type="submit" disabled>Use a passkey</button></form>`
  const label = hasTotp ? 'Code of your app, or one for recovery' : 'Code for recovery'
  return page(
    'Second step · Lading',
    html`<h1>Second step</h1>
${problemText(problem)}${byPasskey}
<form class="sheet form" action="/login/second" method="post">${common}${codeField(label)}
<button type="submit">Log in</button></form>
<nav aria-label="Pages"><a href="/login">Log in as somebody else</a></nav>${options === undefined ? '' : html`<script>${new Markup(passkeyScript)}</script>`}`,
    undefined,
  )
}

/** Codes for recovery have letters: no keys of a number alone. */
const codeField = (label: string): Markup => field({ name: 'code', label, complete: 'one-time-code' })
