import { isApiKey } from '../../domain/api-key.ts'
import { columns } from '../columns.ts'
import type { Command, Flag, Invocation } from '../command.ts'
import { Failure, usageFailure } from '../failure.ts'
import { readPassword } from '../read-password.ts'
import type { Credentials } from '../registry-client.ts'
import { shownText } from '../shown-text.ts'
import { apiCommand, given, pathOf } from './api-command.ts'

interface ShownFactor {
  readonly id: string
  readonly label: string
  readonly createdAt: string
  readonly lastUsedAt?: string
}

const own = pathOf('me', 'second-factor')

const freshFlags: Readonly<Record<string, Flag>> = {
  code: { takes: '<code>', about: 'Of the second factor that you have, or one for recovery.' },
}
const freshAbout =
  'It takes your password again. Where you log in by a key, it is asked for, or read from the standard input.'

/** The password: the one that the command logs in with, or where that is a key another one. @throws Failure */
async function freshOf(invocation: Invocation, shown: Credentials | undefined): Promise<object> {
  const { switches, world } = invocation
  if (shown === undefined) throw usageFailure('wants your name and password: add --user <name>')
  if (!isApiKey(shown.password)) return { password: shown.password, ...given(invocation, 'code') }
  if (switches.has('password-stdin'))
    throw new Failure('the key was read from where the password is to be: set LADING_PASSWORD to the key')
  return { password: await readPassword(world), ...given(invocation, 'code') }
}

/** What is shown once, a line each. */
const codeLines = ({ recoveryCodes }: { readonly recoveryCodes: readonly string[] }): readonly string[] =>
  recoveryCodes

export const factorCommands: readonly Command[] = [
  apiCommand({
    name: 'second-factor list',
    summary: 'Lists what you log in with beside your password',
    takes: [],
    about: [],
    examples: ['lading second-factor list'],
    request: () => ({ method: 'GET', path: own }),
    show: ({ factors, recoveryCodes }: { factors: readonly ShownFactor[]; recoveryCodes: number }) => [
      ...columns(
        [
          ['ID', 'left'],
          ['SINCE', 'left'],
          ['LAST USED', 'left'],
          ['WHAT', 'left'],
        ],
        factors.map(({ id, createdAt, lastUsedAt = 'never', label }) => [
          id,
          createdAt,
          lastUsedAt,
          shownText(label),
        ]),
      ),
      `${recoveryCodes} codes for recovery are left`,
    ],
  }),
  apiCommand({
    name: 'second-factor totp',
    summary: 'Makes a secret for an app that shows codes, and prints it once',
    takes: [],
    about: [
      'The first line is the secret to type into the app, the second one the same as a link. It counts for nothing until `lading second-factor confirm` was given a code of the app.',
      freshAbout,
    ],
    flags: freshFlags,
    examples: ['lading second-factor totp'],
    request: () => ({ method: 'POST', path: `${own}/totp` }),
    more: freshOf,
    show: ({ secret, uri }: { secret: string; uri: string }) => [secret, uri],
  }),
  apiCommand({
    name: 'second-factor confirm',
    summary: 'Takes a code of the app: from then on each login in a browser wants one',
    takes: ['<code>'],
    about: [
      'Of a first factor it prints the codes for recovery, once. Your password is for browsers alone then: make a key before, for clients and for this command line.',
    ],
    examples: ['lading second-factor confirm 123456'],
    request: ({ arguments: [code = ''] }) => ({
      method: 'POST',
      path: `${own}/totp/confirm`,
      body: { code },
    }),
    show: codeLines,
  }),
  apiCommand({
    name: 'second-factor remove',
    summary: 'Removes one of your second factors',
    takes: ['<id>'],
    about: ['All sessions and tokens end by it; keys stay.', freshAbout],
    flags: freshFlags,
    examples: ['lading second-factor remove totp --code 123456'],
    request: ({ arguments: [factor = ''] }) => ({
      method: 'POST',
      path: `${own}/remove`,
      body: { factor },
    }),
    more: freshOf,
  }),
  apiCommand({
    name: 'second-factor codes',
    summary: 'Makes new codes for recovery in place of all earlier ones, printed once',
    takes: [],
    about: [freshAbout],
    flags: freshFlags,
    examples: ['lading second-factor codes --code 123456'],
    request: () => ({ method: 'POST', path: `${own}/recovery-codes` }),
    more: freshOf,
    show: codeLines,
  }),
  apiCommand({
    name: 'second-factor reset',
    summary: 'Takes all second factors of somebody away, who has lost them',
    takes: ['<user>'],
    about: [
      'To who may manage users. All sessions and tokens of theirs end, they are told by letter, and their password is enough until they add another factor.',
    ],
    examples: ['lading second-factor reset bob'],
    request: ({ arguments: [user = ''] }) => ({
      method: 'DELETE',
      path: pathOf('users', user, 'second-factor'),
    }),
  }),
]
