import { columns } from '../columns.ts'
import type { Command, Flag, Invocation } from '../command.ts'
import { shownText } from '../shown-text.ts'
import { apiCommand, given, listOf, pairOf, pathOf, required } from './api-command.ts'

const form = '<namespace>/<robot>'

function robotPath(text: string): string {
  const [namespace, robot] = pairOf(text, form)
  return pathOf('namespaces', namespace, 'robots', robot)
}

/** Of a robot where one is named, else one's own. */
const keysPath = ({ values: { robot } }: Invocation): string =>
  robot === undefined ? 'me/keys' : `${robotPath(robot)}/keys`

const ofRobot: Readonly<Record<string, Flag>> = {
  robot: { takes: form, about: 'Of a robot; without it, your own.' },
}

const robotVerbs = {
  disable: ['PATCH', { disabled: true }, 'Shuts a robot out, with all its keys'],
  enable: ['PATCH', { disabled: false }, 'Lets a robot in again'],
  delete: ['DELETE', undefined, 'Deletes a robot, with its keys and grants'],
} as const

export const robotCommands: readonly Command[] = [
  apiCommand({
    name: 'robot create',
    summary: 'Makes a machine’s account of a namespace',
    takes: [form],
    about: ['It may nothing until it is granted something, and comes in by keys.'],
    flags: { about: { takes: '<text>', about: 'What it is for.' } },
    examples: ['lading robot create acme/ci'],
    request: (invocation) => {
      const [namespace, name] = pairOf(invocation.arguments[0] ?? '', form)
      return {
        method: 'POST',
        path: pathOf('namespaces', namespace, 'robots'),
        body: { name, ...given(invocation, 'about') },
      }
    },
    show: ({ principal }: { principal: string }) => [`made ${principal}`],
  }),
  apiCommand({
    name: 'robot list',
    summary: 'Lists the robots of a namespace',
    takes: ['<namespace>'],
    about: [],
    examples: ['lading robot list acme'],
    request: ({ arguments: [name = ''] }) => ({ method: 'GET', path: pathOf('namespaces', name, 'robots') }),
    show: ({ robots }: { robots: readonly { name: string; disabled: boolean; about: string }[] }) =>
      columns(
        [
          ['NAME', 'left'],
          ['STATE', 'left'],
          ['ABOUT', 'left'],
        ],
        robots.map(({ name, disabled, about }) => [name, disabled ? 'disabled' : 'active', shownText(about)]),
      ),
  }),
  ...Object.entries(robotVerbs).map(([verb, [method, body, summary]]) =>
    apiCommand({
      name: `robot ${verb}`,
      summary,
      takes: [form],
      about: [],
      examples: [`lading robot ${verb} acme/ci`],
      request: ({ arguments: [robot = ''] }) => ({
        method,
        path: robotPath(robot),
        ...(body !== undefined && { body }),
      }),
    }),
  ),
  apiCommand({
    name: 'key make',
    summary: 'Makes a key, and prints it once',
    takes: [],
    about: [
      'It is good for what its owner may, or for less: with --permissions, for these alone, where --namespace, --kind and --name say.',
    ],
    flags: {
      ...ofRobot,
      label: { takes: '<text>', about: 'What it is for.' },
      permissions: {
        takes: '<list>',
        about: 'With commas between, such as artifacts:read,artifacts:create.',
      },
      namespace: { takes: '<name>', about: 'Default: *.' },
      kind: { takes: '<pattern>', about: 'Default: *.' },
      name: { takes: '<pattern>', about: 'Default: *.' },
      expires: { takes: '<time>', about: 'Such as 2027-01-31T00:00:00Z. Default: never.' },
      from: { takes: '<addresses>', about: 'Addresses and networks it may come from, with commas between.' },
    },
    examples: [
      'lading key make --label laptop',
      'lading key make --robot acme/ci --label build --permissions artifacts:read --from 10.0.0.0/8',
    ],
    request: (invocation) => {
      const { values } = invocation
      const { permissions, expires, from } = values
      const where = given(invocation, 'namespace', 'kind', 'name')
      const scoped = permissions === undefined ? [] : listOf(permissions)
      return {
        method: 'POST',
        path: keysPath(invocation),
        body: {
          label: required(invocation, 'label'),
          ...((permissions !== undefined || Object.keys(where).length > 0) && {
            scopes: [{ permissions: scoped, ...where }],
          }),
          ...(expires !== undefined && { expiresAt: expires }),
          ...(from !== undefined && { from: listOf(from) }),
        },
      }
    },
    show: ({ key }: { key: string }) => [key],
  }),
  apiCommand({
    name: 'key list',
    summary: 'Lists keys, without the keys themselves',
    takes: [],
    about: [],
    flags: ofRobot,
    examples: ['lading key list --robot acme/ci'],
    request: (invocation) => ({ method: 'GET', path: keysPath(invocation) }),
    show: ({
      keys,
    }: {
      keys: readonly { id: string; shown: string; label: string; expiresAt?: string; lastUsedAt?: string }[]
    }) =>
      columns(
        [
          ['ID', 'left'],
          ['KEY', 'left'],
          ['EXPIRES', 'left'],
          ['LAST USED', 'left'],
          ['LABEL', 'left'],
        ],
        keys.map(({ id, shown, label, expiresAt = 'never', lastUsedAt = 'never' }) => [
          id,
          shown,
          expiresAt,
          lastUsedAt,
          shownText(label),
        ]),
      ),
  }),
  apiCommand({
    name: 'key revoke',
    summary: 'Makes a key good for nothing',
    takes: ['<id>'],
    about: [],
    flags: ofRobot,
    examples: ['lading key revoke 019b76da-a800-73fa-bd40-5a2b879a3324'],
    request: (invocation) => ({
      method: 'DELETE',
      path: `${keysPath(invocation)}/${pathOf(invocation.arguments[0] ?? '')}`,
    }),
  }),
]
