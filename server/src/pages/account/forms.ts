import type { ShownIdentity, ShownSession } from '../../boot/registry.ts'
import { html, type Markup } from '../shared/html.ts'
import { page } from '../shared/layout.ts'
import {
  csrfField,
  type Fields,
  field,
  formPage,
  hidden,
  newPassword,
  problemText,
  shownTime,
} from './form-parts.ts'
import { type NamedProvider, signInLinks, waysIn } from './ways-in.ts'

/** Makes the first account. Without a link it says where there is one. */
export function setupPage(fields: Fields, problem: string | undefined): string {
  if (problem === undefined && !fields.get('token'))
    return page('Set up this registry · Lading', unopened, undefined)
  return formPage('Set up this registry', problem, {
    about: html`<p>This makes the first account, which may do everything. From then on nobody writes here without an account.</p>`,
    action: '/setup',
    body: html`${hidden('token', fields)}
${field({ name: 'name', label: 'Name', value: fields.get('name'), complete: 'username', hint: 'Letters a–z, digits, and . _ - between them. A namespace of this name is yours.' })}
${field({ name: 'email', label: 'E-mail address, if you want', value: fields.get('email'), complete: 'email', isOptional: true })}
${newPassword('password')}`,
    button: 'Make the account',
    below: html`<p>Is there an account already? <a href="/login">Log in</a>.</p>`,
  })
}

const unopened = html`<h1>Set up this registry</h1>
<p>The first account is made by a link that is good once. The registry prints it when it starts, and <code>lading setup-link</code> prints another one, on the machine of the registry.</p>
<p>Is there an account already? <a href="/login">Log in</a>.</p>`

export function loginPage(
  fields: Fields,
  problem: string | undefined,
  providers: readonly NamedProvider[],
): string {
  return formPage('Log in', problem, {
    action: '/login',
    body: html`${hidden('next', fields)}
${field({ name: 'name', label: 'Name', value: fields.get('name'), complete: 'username' })}
${field({ name: 'password', label: 'Password', type: 'password', complete: 'current-password' })}`,
    button: 'Log in',
    below: html`${signInLinks(providers, fields.get('next') ?? '')}<p><a href="/forgotten">Forgotten your password?</a></p>`,
  })
}

/** What is said instead of sending anything. */
const noMail =
  'This registry sends no mail. Ask whoever administers it for a link to choose a new password by.'

export function forgottenPage(fields: Fields, problem: string | undefined, sendsMail: boolean): string {
  if (!sendsMail) return saidPage('Forgotten password', noMail)
  return formPage('Forgotten password', problem, {
    about: html`<p>If there is an account of this name with an e-mail address, a link to choose a new password is sent there.</p>`,
    action: '/forgotten',
    body: field({ name: 'name', label: 'Name', value: fields.get('name'), complete: 'username' }),
    button: 'Send the link',
  })
}

export function forgottenSaidPage(sendsMail: boolean): string {
  return sendsMail
    ? saidPage('Look into your mail', 'If there is such an account, a link is on its way.')
    : saidPage('Forgotten password', noMail)
}

/** Says one thing, and where to go on. */
export function saidPage(title: string, text: string): string {
  return page(
    `${title} · Lading`,
    html`<h1>${title}</h1><p>${text}</p><nav aria-label="Pages"><a href="/">To the start</a></nav>`,
    undefined,
  )
}

/** A link is opened by programs that look at letters, too: what it does is done by a button. */
export function verifyPage(fields: Fields, problem: string | undefined): string {
  return formPage('Your address', problem, {
    action: '/verify',
    body: hidden('token', fields),
    button: 'This is my address',
  })
}

/** By a link of an invitation, or of who has forgotten theirs. */
export function passwordPage(fields: Fields, problem: string | undefined): string {
  return formPage('Choose a password', problem, {
    action: '/password',
    body: html`${hidden('token', fields)}
${newPassword('password')}`,
    button: 'Set the password',
  })
}

/** Whose password it is that is changed, for what keeps passwords. No field of the form: it has no name. */
const whose = (user: string): Markup =>
  html`<input type="text" value="${user}" autocomplete="username" hidden readonly>`

export interface AccountView {
  readonly name: string
  readonly sessions: readonly ShownSession[]
  readonly csrf: string
  readonly identities: readonly ShownIdentity[]
  readonly providers: readonly NamedProvider[]
}

export function accountPage(
  { name, sessions, csrf, ...ways }: AccountView,
  problem: string | undefined,
): string {
  const token = csrfField(csrf)
  return page(
    `${name} · Lading`,
    html`<h1>${name}</h1>
<nav class="pages" aria-label="Account"><a href="/account/second-factor">Second factor</a> <a href="/account/keys">API keys</a></nav>
<form class="form bare" action="/logout" method="post">${token}<button type="submit">Log out</button></form>
<h2>Logged in</h2>
<ul class="list sheet">${sessions.map(
      ({ address, agent, createdAt, isThis }) =>
        html`<li><strong>${isThis ? 'Here' : address}</strong> <span class="soft">since ${shownTime(createdAt)} · ${agent}</span></li>`,
    )}</ul>
${waysIn({ csrf, ...ways })}<h2>Change the password</h2>
${problemText(problem)}
<form class="sheet form" action="/account" method="post">${token}
${whose(name)}
${field({ name: 'before', label: 'Present password', type: 'password', complete: 'current-password' })}
${newPassword('after')}
<button type="submit">Change it</button>
<p class="soft">All other sessions end by it. API keys stay.</p></form>`,
    undefined,
  )
}
