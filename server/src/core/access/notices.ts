import type { JobHandler, NewJob } from '../../ports/journal/journal.ts'
import { MailError } from '../../ports/mail/mail.ts'
import type { LetterParts } from './letters.ts'
import { accounts } from './tables.ts'

export const noticeKind = 'send-notice'

/** What somebody is told of their own account, so that they hear of it who did not do it. */
export type Notice =
  | 'factor-added'
  | 'factor-removed'
  | 'factors-reset'
  | 'recovery-made'
  | 'recovery-used'
  | 'codes-guessed'

export function noticeJob(user: string, notice: Notice): NewJob {
  return { kind: noticeKind, payload: { user, notice } }
}

/** Brings no link, and so makes none. A letter that nobody is to get, or that is refused, is done with. */
export function noticeHandler({ core, mail, address }: LetterParts): JobHandler {
  return async (payload) => {
    const { user, notice } = payload as { readonly user: string; readonly notice: Notice }
    const account = await core.store.get(accounts, [user])
    if (account?.kind !== 'user' || account.email === '' || account.state !== 'active') return undefined
    const text = `${said[notice]}\n\nThe account is ${user} at ${address}. If it was not you, change your password at once, at ${address}/account or, if that is not possible any more, at ${address}/forgotten, and tell who looks after the registry.\n`
    try {
      await mail.send({ to: account.email, subject: 'Your account at a Lading registry', text })
    } catch (error) {
      if (!(error instanceof MailError) || error.kind !== 'refused') throw error
      core.telemetry.error('a letter was refused, and is not sent again', error, { notice, user })
    }
    return undefined
  }
}

const said: Readonly<Record<Notice, string>> = {
  'factor-added': 'A second factor was added to your account.',
  'factor-removed': 'A second factor was removed from your account, and all sessions were ended.',
  'factors-reset':
    'Whoever looks after the registry has taken all second factors of your account away, and ended all sessions. A password is enough now.',
  'recovery-made': 'New codes for recovery were made; earlier ones are good for nothing any more.',
  'recovery-used': 'A code for recovery was used in place of your second factor. It is not good again.',
  'codes-guessed':
    'Somebody has shown your password, and then several codes that were wrong. They have to wait longer and longer between further ones.',
}
