import type { Registry } from '../../boot/registry.ts'
import { type Asked, type FormPage, need, requireSession, sessionOf } from './form-page.ts'
import { loginPage } from './forms.ts'
import { keysPage } from './key-forms.ts'
import { redirect, type Shown, sendPage } from './send-page.ts'

const overview = '/account/keys'

/** One's own keys. */
export function keyPages({
  accounts,
  outside,
}: Pick<Registry, 'accounts' | 'outside'>): Readonly<Record<string, FormPage>> {
  const show = async (asked: Asked, problem?: string, made?: string): Promise<Shown> => {
    const session = sessionOf(asked)
    if (session === undefined) return loginPage(new Map([['next', overview]]), undefined, outside.providers)
    const { user, csrf } = session
    const keys = await accounts.listKeys(asked.caller, { kind: 'user', name: user })
    return keysPage({ keys, csrf, ...(made !== undefined && { made }) }, problem)
  }
  return {
    [overview]: {
      fields: ['csrf', 'label'],
      isOfSession: true,
      show: (asked, problem) => show(asked, problem),
      async done(asked, form) {
        const { user } = requireSession(asked)
        const owner = { kind: 'user' as const, name: user }
        const { key } = await accounts.makeKey(asked.caller, { owner, label: need(form, 'label') })
        sendPage(asked.exchange, 200, await show(asked, undefined, key))
      },
    },
    [`${overview}/revoke`]: {
      fields: ['csrf', 'key'],
      isOfSession: true,
      is: 'sent',
      show: (asked, problem) => show(asked, problem),
      async done({ exchange, caller }, form) {
        await accounts.revokeKey(caller, need(form, 'key'))
        redirect(exchange, overview, [])
      },
    },
  }
}
