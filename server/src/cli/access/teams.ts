import { columns } from '../columns.ts'
import type { Command, Invocation } from '../command.ts'
import { shownText } from '../shown-text.ts'
import { apiCommand, given, pairOf, pathOf } from './api-command.ts'

const form = '<organisation>/<team>'

function teamPath({ arguments: [team = ''] }: Invocation): string {
  const [organisation, name] = pairOf(team, form)
  return pathOf('organisations', organisation, 'teams', name)
}

export const teamCommands: readonly Command[] = [
  apiCommand({
    name: 'team create',
    summary: 'Makes a team of an organisation',
    takes: [form],
    about: ['What is granted to a team is granted to whoever is in it, as long as they are.'],
    flags: { about: { takes: '<text>', about: 'What it is for.' } },
    examples: ['lading team create acme/release'],
    request: (invocation) => {
      const [organisation, name] = pairOf(invocation.arguments[0] ?? '', form)
      return {
        method: 'POST',
        path: pathOf('organisations', organisation, 'teams'),
        body: { name, ...given(invocation, 'about') },
      }
    },
    show: ({ name }: { name: string }) => [`made the team ${name}`],
  }),
  apiCommand({
    name: 'team list',
    summary: 'Lists the teams of an organisation',
    takes: ['<organisation>'],
    about: [],
    examples: ['lading team list acme'],
    request: ({ arguments: [name = ''] }) => ({
      method: 'GET',
      path: pathOf('organisations', name, 'teams'),
    }),
    show: ({ teams }: { teams: readonly { name: string; about: string }[] }) =>
      columns(
        [
          ['NAME', 'left'],
          ['ABOUT', 'left'],
        ],
        teams.map(({ name, about }) => [name, shownText(about)]),
      ),
  }),
  apiCommand({
    name: 'team show',
    summary: 'Lists who is in a team',
    takes: [form],
    about: [],
    examples: ['lading team show acme/release'],
    request: (invocation) => ({ method: 'GET', path: teamPath(invocation) }),
    show: ({ members }: { members: readonly string[] }) => members,
  }),
  apiCommand({
    name: 'team delete',
    summary: 'Deletes a team, with what was granted to it',
    takes: [form],
    about: [],
    examples: ['lading team delete acme/release'],
    request: (invocation) => ({ method: 'DELETE', path: teamPath(invocation) }),
  }),
  ...(['add', 'remove'] as const).map((verb) =>
    apiCommand({
      name: `team ${verb}`,
      summary:
        verb === 'add' ? 'Puts a member of the organisation into a team' : 'Takes somebody out of a team',
      takes: [form, '<user>'],
      about: [],
      examples: [`lading team ${verb} acme/release bob`],
      request: (invocation) => ({
        method: verb === 'add' ? 'PUT' : 'DELETE',
        path: `${teamPath(invocation)}/${pathOf('members', invocation.arguments[1] ?? '')}`,
      }),
    }),
  ),
]
