import type { Added, Registry } from '../../boot/registry.ts'
import { isRegistryError, RegistryError } from '../../domain/error.ts'
import { type CookieSettings, stepCookieOf } from '../../http/session-cookie.ts'
import { csrfOf, isCsrf } from '../../http/visitor.ts'
import { agentOf, beforeOf, type Entering } from './entering.ts'
import { type Asked, type FormPage, fieldsOf, need, requireSession, sessionOf } from './form-page.ts'
import { loginPage } from './forms.ts'
import { passkeyScript } from './passkey-script.ts'
import { qrCode } from './qr-code.ts'
import { safeNext } from './safe-next.ts'
import { appPage, factorsPage, newPasskeyPage, recoveryPage, stepPage } from './second-forms.ts'
import { redirect, type Shown, sendPage } from './send-page.ts'

const overview = '/account/second-factor'

/** The second step of a login. */
export function stepPages(
  { factors, outside }: Pick<Registry, 'factors' | 'outside'>,
  { entered }: Entering,
  cookies: CookieSettings,
): Readonly<Record<string, FormPage>> {
  return {
    '/login/second': {
      fields: ['csrf', 'code', 'passkey', 'next'],
      isOfSession: false,
      async show({ exchange }, problem, form) {
        const half = stepCookieOf(exchange, cookies)
        const fields = fieldsOf(exchange, form, ['next'])
        const again = 'Log in again; the time for the second step is over.'
        if (half === undefined) return loginPage(fields, problem ?? again, outside.providers)
        try {
          const { hasTotp, options } = await factors.showStep(half)
          const view = { csrf: csrfOf(half), hasTotp, ...(options !== undefined && { options }) }
          const text = stepPage(view, fields, problem)
          return options === undefined ? text : { text, script: passkeyScript }
        } catch (error) {
          if (!isRegistryError(error, 'unauthenticated')) throw error
          return loginPage(fields, again, outside.providers)
        }
      },
      async done(asked, form) {
        const { exchange, caller } = asked
        const half = stepCookieOf(exchange, cookies)
        if (half === undefined)
          throw new RegistryError('unauthenticated', {
            reason: 'log in again; the second step was not begun here',
          })
        if (!isCsrf(form.get('csrf') ?? '', half))
          throw new RegistryError('denied', {
            action: exchange.path,
            reason: 'the form is not of this login',
          })
        const passkey = form.get('passkey') ?? ''
        const answered = passkey === '' ? { code: need(form, 'code') } : { passkey: readAnswer(passkey) }
        exchange.who = `user:${(await factors.showStep(half)).user}`
        const shown = { half, answered, agent: agentOf(asked), ...beforeOf(asked) }
        const { session } = await factors.finishStep(caller, shown)
        entered(asked, session, safeNext(form.get('next')))
      },
    },
  }
}

/** What somebody has beside their password: added, confirmed, removed. */
export function factorPages(
  { factors, outside }: Pick<Registry, 'factors' | 'outside'>,
  { renew }: Entering,
): Readonly<Record<string, FormPage>> {
  const show = async (asked: Asked, problem?: string): Promise<Shown> => {
    const session = sessionOf(asked)
    if (session === undefined) return loginPage(new Map([['next', overview]]), undefined, outside.providers)
    const { hasPasskeys } = factors
    return factorsPage({ ...(await factors.list(asked.caller)), hasPasskeys, csrf: session.csrf }, problem)
  }
  const added = async (asked: Asked, { recoveryCodes }: Added): Promise<void> => {
    const { exchange } = asked
    // Of a second or third one, nothing has ended.
    if (recoveryCodes.length === 0) return redirect(exchange, overview, [])
    const { user } = requireSession(asked)
    sendPage(exchange, 200, recoveryPage(recoveryCodes), await renew(asked, user))
  }
  const form = (
    name: string,
    fields: readonly string[],
    done: FormPage['done'],
  ): Record<string, FormPage> => ({
    [`${overview}/${name}`]: { fields: ['csrf', ...fields], isOfSession: true, is: 'sent', show, done },
  })
  return {
    [overview]: { fields: [], isOfSession: true, is: 'shown', show, done: async () => undefined },
    ...form('app', ['password'], async (asked, given) => {
      const { csrf } = requireSession(asked)
      const told = await factors.beginTotp(asked.caller, { password: need(given, 'password') })
      const picture = await qrCode(told.uri, 'The secret as a QR code')
      sendPage(asked.exchange, 200, appPage({ csrf, told: { ...told, picture } }, undefined))
    }),
    [`${overview}/app/confirm`]: {
      fields: ['csrf', 'code'],
      isOfSession: true,
      is: 'sent',
      show: (asked, problem) => appPage({ csrf: requireSession(asked).csrf }, problem),
      done: async (asked, given) =>
        await added(asked, await factors.confirmTotp(asked.caller, need(given, 'code'))),
    },
    ...form('passkey', ['password'], async (asked, given) => {
      const { csrf } = requireSession(asked)
      const { options } = await factors.beginPasskey(asked.caller, { password: need(given, 'password') })
      sendPage(asked.exchange, 200, { text: newPasskeyPage({ csrf, options }), script: passkeyScript })
    }),
    ...form('passkey/confirm', ['passkey', 'label'], async (asked, given) => {
      const made = readAnswer(need(given, 'passkey'))
      const label = given.get('label') ?? ''
      await added(asked, await factors.confirmPasskey(asked.caller, { made, label }))
    }),
    ...form('remove', ['factor', 'password'], async (asked, given) => {
      const { user } = requireSession(asked)
      const which = { factor: need(given, 'factor'), password: need(given, 'password') }
      await factors.remove(asked.caller, which)
      redirect(asked.exchange, overview, await renew(asked, user))
    }),
    ...form('recovery', ['password'], async ({ exchange, caller }, given) => {
      const codes = await factors.renewRecoveryCodes(caller, { password: need(given, 'password') })
      sendPage(exchange, 200, recoveryPage(codes))
    }),
  }
}

/** What a script has sent in its field. @throws RegistryError `parameter-invalid` */
function readAnswer(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new RegistryError('parameter-invalid', { parameter: 'passkey', reason: 'it is no JSON' }, { cause })
  }
}
