import type { AskingDevice, OutsideFace } from '../../boot/registry.ts'
import { isRegistryError, RegistryError } from '../../domain/error.ts'
import { csrfOf } from '../../http/visitor.ts'
import { html } from '../shared/html.ts'
import { page } from '../shared/layout.ts'
import type { Asked, Form, FormPage } from './form-page.ts'
import { field, problemText } from './form-parts.ts'
import { loginPage, saidPage } from './forms.ts'
import { sendPage } from './send-page.ts'

/** `/device`, where somebody lets a program in that has shown them a code (RFC 8628, section 3.3). */
export function devicePage(outside: Pick<OutsideFace, 'devices' | 'providers'>): FormPage {
  return {
    fields: ['csrf', 'user_code', 'decision'],
    isOfSession: true,
    async show(asked, problem, form) {
      const code = form?.get('user_code') ?? asked.exchange.parameters.get('user_code') ?? ''
      if (asked.principal.kind !== 'user' || asked.token === undefined)
        return loginPage(new Map([['next', pathFor(code)]]), problem, outside.providers)
      if (code === '' || problem !== undefined) return codePage(code, problem)
      try {
        const asking = await outside.devices.find(asked.caller, code)
        return askingPage(asking, asked.principal.name, csrfOf(asked.token))
      } catch (error) {
        if (!isRegistryError(error)) throw error
        return codePage(code, wrongCode(error))
      }
    },
    async done(asked, form) {
      const decision = form.get('decision')
      if (decision !== 'allow' && decision !== 'refuse')
        throw new RegistryError('parameter-invalid', { parameter: 'decision', reason: 'it is neither' })
      await decide(outside, asked, { form, isAllowed: decision === 'allow' })
    },
  }
}

async function decide(
  { devices }: Pick<OutsideFace, 'devices'>,
  { exchange, caller }: Asked,
  { form, isAllowed }: { readonly form: Form; readonly isAllowed: boolean },
): Promise<void> {
  await devices.decide(caller, form.get('user_code') ?? '', isAllowed)
  const said = isAllowed
    ? saidPage('It is let in', 'The program goes on by itself in a moment. You can close this page.')
    : saidPage(
        'It is not let in',
        'The program is told so. If you did not start it, nothing else needs to be done.',
      )
  sendPage(exchange, 200, said)
}

const pathFor = (code: string): string =>
  code === '' ? '/device' : `/device?${new URLSearchParams({ user_code: code }).toString()}`

const wrongCode = (error: RegistryError): string =>
  error.code === 'link-invalid'
    ? 'No program waits with this code: it is mistyped, was used already, or is too old.'
    : error.message

/** A form that only shows: by GET, so that it may lead to the login and back. */
function codePage(code: string, problem: string | undefined): string {
  return page(
    'Let a program in · Lading',
    html`<h1>Let a program in</h1>
${problemText(problem)}
<form class="sheet form" action="/device" method="get">
${field({ name: 'user_code', label: 'Code that the program shows', value: code, complete: 'one-time-code', hint: 'Eight letters, such as WDJB-MJHT.' })}
<button type="submit">Go on</button></form>`,
    undefined,
  )
}

function askingPage(asking: AskingDevice, user: string, csrf: string): string {
  const { userCode, client, address, createdAt, permissions } = asking
  const made = new Date(createdAt).toISOString().slice(0, 16).replace('T', ' ')
  return page(
    'Let a program in · Lading',
    html`<h1>Let a program in?</h1>
<p>It shows the code <strong>${userCode}</strong>. If yours shows another one, or if you did not start it yourself, do not let it in: somebody may have sent you here.</p>
<ul class="list sheet">
<li>It calls itself <strong>${client}</strong></li>
<li>It came from <strong>${address === '' ? 'an unknown address' : address}</strong> <span class="soft">at ${made} UTC</span></li>
<li>It will be ${user}, and may do ${permissions === undefined ? 'all that you may' : html`of what you may: <strong>${permissions.join(', ')}</strong>`}</li>
</ul>
<form class="sheet form" action="/device" method="post"><input type="hidden" name="csrf" value="${csrf}"><input type="hidden" name="user_code" value="${userCode}">
<button type="submit" name="decision" value="allow">Let it in</button>
<button class="other" type="submit" name="decision" value="refuse">Do not let it in</button></form>`,
    undefined,
  )
}
