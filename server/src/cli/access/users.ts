import { columns } from '../columns.ts'
import type { Command } from '../command.ts'
import { shownText } from '../shown-text.ts'
import { apiCommand, given, pathOf } from './api-command.ts'

interface User {
  readonly name: string
  readonly state: string
  readonly email: string
  readonly title: string
  readonly createdAt: string
}

/** Where the link leads to at the registry. */
const linkLines = ({ path }: { readonly path?: string }): readonly string[] =>
  path === undefined ? [] : [path]

export const userCommands: readonly Command[] = [
  apiCommand({
    name: 'user create',
    summary: 'Makes an account for somebody',
    takes: ['<name>'],
    about: [
      'With --email a letter brings them a link to choose their password. Without, the path of that link is printed once: give it to them behind the address of the registry.',
    ],
    flags: {
      email: { takes: '<address>', about: 'Where they are reached.' },
      title: { takes: '<text>', about: 'What people read.' },
    },
    examples: ['lading user create bob', 'lading user create bob --email bob@example.com'],
    request: (invocation) => ({
      method: 'POST',
      path: 'users',
      body: { name: invocation.arguments[0], ...given(invocation, 'title', 'email') },
    }),
    show: linkLines,
  }),
  apiCommand({
    name: 'user list',
    summary: 'Lists who has an account',
    takes: [],
    about: ['To who may manage users.'],
    examples: ['lading user list --json'],
    request: () => ({ method: 'GET', path: 'users' }),
    paged: 'users',
    show: ({ users }: { users: readonly User[] }) =>
      columns(
        [
          ['NAME', 'left'],
          ['STATE', 'left'],
          ['SINCE', 'left'],
          ['EMAIL', 'left'],
          ['TITLE', 'left'],
        ],
        users.map(({ name, state, createdAt, email, title }) => [
          name,
          state,
          createdAt,
          shownText(email),
          shownText(title),
        ]),
      ),
  }),
  apiCommand({
    name: 'user link',
    summary: 'Prints the path of a link by which somebody chooses a new password',
    takes: ['<name>'],
    about: ['It is good once: give it to them behind the address of the registry.'],
    examples: ['lading user link bob'],
    request: ({ arguments: [name = ''] }) => ({ method: 'POST', path: pathOf('users', name, 'link') }),
    show: linkLines,
  }),
  ...(['disable', 'enable'] as const).map((verb) =>
    apiCommand({
      name: `user ${verb}`,
      summary:
        verb === 'disable'
          ? 'Shuts somebody out, with all their sessions, tokens and keys'
          : 'Lets somebody in again, by new sessions, tokens and keys',
      takes: ['<name>'],
      about: [],
      examples: [`lading user ${verb} bob`],
      request: ({ arguments: [name = ''] }) => ({
        method: 'PATCH',
        path: pathOf('users', name),
        body: { state: verb === 'disable' ? 'disabled' : 'active' },
      }),
    }),
  ),
]
