import { html, type Markup } from '../shared/html.ts'
import { page } from '../shared/layout.ts'

export type Fields = ReadonlyMap<string, string>

export interface FormParts {
  readonly about?: Markup
  readonly action: string
  readonly body: Markup
  readonly button: string
  readonly below?: Markup
}

export function formPage(
  title: string,
  problem: string | undefined,
  { about, action, body, button, below }: FormParts,
): string {
  return page(
    `${title} · Lading`,
    html`<h1>${title}</h1>
${about ?? ''}${problemText(problem)}
<form class="sheet form" action="${action}" method="post">${body}
<button type="submit">${button}</button></form>${below ?? ''}`,
    undefined,
  )
}

export function problemText(problem: string | undefined): Markup | string {
  return problem === undefined ? '' : html`<p class="warned" role="alert">${problem}</p>`
}

export interface Field {
  readonly name: string
  readonly label: string
  readonly complete: string
  readonly value?: string | undefined
  readonly type?: 'text' | 'password'
  readonly hint?: string
  /** Keys of a number alone, where somebody types on glass. */
  readonly isNumber?: boolean
  /** Where a page has several of one name. */
  readonly id?: string
  readonly isOptional?: boolean
}

export function field({
  name,
  label,
  complete,
  value = '',
  type = 'text',
  hint,
  isOptional = false,
  isNumber = false,
  id = name,
}: Field): Markup {
  const described = hint === undefined ? '' : html` aria-describedby="${id}-hint"`
  return html`<p><label for="${id}">${label}</label>
<input id="${id}" name="${name}" type="${type}" value="${value}" autocomplete="${complete}" autocapitalize="none" spellcheck="false"${isNumber ? html` inputmode="numeric"` : ''}${isOptional ? '' : ' required'}${described}>
${hint === undefined ? '' : html`<span class="soft" id="${id}-hint">${hint}</span>`}</p>`
}

export const newPassword = (name: string): Markup =>
  field({
    name,
    label: 'New password',
    type: 'password',
    complete: 'new-password',
    hint: 'At least 10 characters; several words make a good one.',
  })

export function hidden(name: string, fields: Fields): Markup {
  return html`<input type="hidden" name="${name}" value="${fields.get(name) ?? ''}">`
}

/** That a form is of the session that sends it. */
export const csrfField = (csrf: string): Markup => html`<input type="hidden" name="csrf" value="${csrf}">`

/** The password again, before something is changed by which somebody is known. `id`: where a page asks for it several times. */
export const presentPassword = (id = 'password'): Markup =>
  field({ id, name: 'password', label: 'Your password', type: 'password', complete: 'current-password' })

export const shownTime = (at: number): Markup =>
  html`<time>${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC</time>`
