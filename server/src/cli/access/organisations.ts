import { memberships } from '../../domain/role.ts'
import { columns } from '../columns.ts'
import type { Command } from '../command.ts'
import { shownText } from '../shown-text.ts'
import { apiCommand, given, pathOf, required } from './api-command.ts'

interface Organisation {
  readonly name: string
  readonly title: string
  readonly createdAt: string
}

const table = (organisations: readonly Organisation[]): readonly string[] =>
  columns(
    [
      ['NAME', 'left'],
      ['SINCE', 'left'],
      ['TITLE', 'left'],
    ],
    organisations.map(({ name, createdAt, title }) => [name, createdAt, shownText(title)]),
  )

export const organisationCommands: readonly Command[] = [
  apiCommand({
    name: 'org create',
    summary: 'Makes an organisation, which you own',
    takes: ['<name>'],
    about: ['It has the namespace of its name. A name that was given once is not given again.'],
    flags: {
      title: { takes: '<text>', about: 'What people read.' },
      email: { takes: '<address>', about: 'Where it is reached.' },
    },
    examples: ['lading org create acme --title "Acme Ltd"'],
    request: (invocation) => ({
      method: 'POST',
      path: 'organisations',
      body: { name: invocation.arguments[0], ...given(invocation, 'title', 'email') },
    }),
    show: ({ name }: Organisation) => [`made the organisation ${name}`],
  }),
  apiCommand({
    name: 'org list',
    summary: 'Lists the organisations that you belong to',
    takes: [],
    about: ['Whoever may manage users sees all of them.'],
    examples: ['lading org list --json'],
    request: () => ({ method: 'GET', path: 'organisations' }),
    paged: 'organisations',
    show: ({ organisations }: { organisations: readonly Organisation[] }) => table(organisations),
  }),
  apiCommand({
    name: 'org show',
    summary: 'Shows an organisation that you belong to',
    takes: ['<name>'],
    about: [],
    examples: ['lading org show acme'],
    request: ({ arguments: [name = ''] }) => ({ method: 'GET', path: pathOf('organisations', name) }),
    show: (organisation: Organisation) => table([organisation]),
  }),
  apiCommand({
    name: 'org delete',
    summary: 'Deletes an organisation that you own, with its members and teams',
    takes: ['<name>'],
    about: [
      'Its namespaces have to be gone before, or somebody else’s; that of its name goes with it once it is empty.',
    ],
    examples: ['lading org delete acme'],
    request: ({ arguments: [name = ''] }) => ({ method: 'DELETE', path: pathOf('organisations', name) }),
  }),
  apiCommand({
    name: 'member list',
    summary: 'Lists who belongs to an organisation',
    takes: ['<organisation>'],
    about: [],
    examples: ['lading member list acme'],
    request: ({ arguments: [name = ''] }) => ({
      method: 'GET',
      path: pathOf('organisations', name, 'members'),
    }),
    show: ({ members }: { members: readonly { user: string; role: string; since: string }[] }) =>
      columns(
        [
          ['USER', 'left'],
          ['ROLE', 'left'],
          ['SINCE', 'left'],
        ],
        members.map(({ user, role, since }) => [user, role, since]),
      ),
  }),
  apiCommand({
    name: 'member set',
    summary: 'Makes somebody a member of an organisation, or another kind of one',
    takes: ['<organisation>', '<user>'],
    about: ['Owners are made and unmade by owners, and one always stays.'],
    flags: { role: { takes: '<role>', about: `${memberships.join(', ')}.`, completes: memberships } },
    examples: ['lading member set acme bob --role write'],
    request: (invocation) => {
      const [organisation = '', user = ''] = invocation.arguments
      return {
        method: 'PUT',
        path: pathOf('organisations', organisation, 'members', user),
        body: { role: required(invocation, 'role') },
      }
    },
  }),
  apiCommand({
    name: 'member remove',
    summary: 'Takes somebody out of an organisation, and out of its teams',
    takes: ['<organisation>', '<user>'],
    about: ['Everybody may leave by themselves, but the last owner.'],
    examples: ['lading member remove acme bob'],
    request: ({ arguments: [organisation = '', user = ''] }) => ({
      method: 'DELETE',
      path: pathOf('organisations', organisation, 'members', user),
    }),
  }),
]
