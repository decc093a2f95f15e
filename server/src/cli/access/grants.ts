import { permissions } from '../../domain/permission.ts'
import { columns } from '../columns.ts'
import type { Command, Flag } from '../command.ts'
import { usageFailure } from '../failure.ts'
import { apiCommand, given, listOf, pathOf, required } from './api-command.ts'

interface Grant {
  readonly id: string
  readonly to: string
  readonly role: string
  readonly namespace: string
  readonly kind: string
  readonly name: string
}

const to: Flag = {
  takes: '<whom>',
  about:
    'user:<name>, team:<organisation>/<team>, robot:<namespace>/<name>, users (everybody with an account) or anyone.',
}

export const grantCommands: readonly Command[] = [
  apiCommand({
    name: 'grant give',
    summary: 'Lets somebody do in a namespace what a role may',
    takes: [],
    about: ['Nobody gives what they may not do themselves there.'],
    flags: {
      to,
      role: { takes: '<role>', about: 'One of those that `lading role list` tells.' },
      namespace: { takes: '<name>', about: 'Where; * is in all of them.' },
      kind: { takes: '<pattern>', about: 'Of which kinds, such as image. Default: *.' },
      name: { takes: '<pattern>', about: 'Of which names, such as app-*. Default: *.' },
    },
    examples: ['lading grant give --to team:acme/release --role releaser --namespace acme'],
    request: (invocation) => ({
      method: 'POST',
      path: 'grants',
      body: {
        to: required(invocation, 'to'),
        role: required(invocation, 'role'),
        namespace: required(invocation, 'namespace'),
        ...given(invocation, 'kind', 'name'),
      },
    }),
    show: ({ id }: Grant) => [id],
  }),
  apiCommand({
    name: 'grant list',
    summary: 'Lists what was granted in a namespace, or to somebody',
    takes: [],
    about: ['One of --namespace and --to says which.'],
    flags: { namespace: { takes: '<name>', about: 'Where; * for what holds in all of them.' }, to },
    examples: ['lading grant list --namespace acme', 'lading grant list --to user:bob --json'],
    request: (invocation) => {
      const asked = given(invocation, 'namespace', 'to')
      if (Object.keys(asked).length !== 1) throw usageFailure('wants either --namespace or --to')
      return { method: 'GET', path: `grants?${new URLSearchParams(asked)}` }
    },
    show: ({ grants }: { grants: readonly Grant[] }) =>
      columns(
        [
          ['ID', 'left'],
          ['TO', 'left'],
          ['ROLE', 'left'],
          ['WHERE', 'left'],
        ],
        grants.map(({ id, to: whom, role, namespace, kind, name }) => [
          id,
          whom,
          role,
          `${kind}:${namespace}/${name}`,
        ]),
      ),
  }),
  apiCommand({
    name: 'grant take',
    summary: 'Takes a grant back',
    takes: ['<id>'],
    about: [],
    examples: ['lading grant take 019b76da-a800-73fa-bd40-5a2b879a3324'],
    request: ({ arguments: [id = ''] }) => ({ method: 'DELETE', path: pathOf('grants', id) }),
  }),
]

export const roleCommands: readonly Command[] = [
  apiCommand({
    name: 'role list',
    summary: 'Lists the roles that can be granted',
    takes: [],
    about: [],
    examples: ['lading role list'],
    request: () => ({ method: 'GET', path: 'roles' }),
    show: ({ roles }: { roles: readonly { name: string; permissions: readonly string[] }[] }) =>
      columns(
        [
          ['NAME', 'left'],
          ['PERMISSIONS', 'left'],
        ],
        roles.map((role) => [role.name, role.permissions.join(' ')]),
      ),
  }),
  apiCommand({
    name: 'role set',
    summary: 'Makes a role of your own, or changes what it may',
    takes: ['<name>'],
    about: [
      'Whoever has the role may that from then on. It takes all of its permissions in the whole registry.',
      `Permissions are ${permissions.join(', ')}.`,
    ],
    flags: {
      permissions: { takes: '<list>', about: 'With commas between.' },
      about: { takes: '<text>', about: 'What it is for.' },
    },
    examples: ['lading role set uploader --permissions artifacts:create,artifacts:read'],
    request: (invocation) => ({
      method: 'PUT',
      path: pathOf('roles', invocation.arguments[0] ?? ''),
      body: { permissions: listOf(required(invocation, 'permissions')), ...given(invocation, 'about') },
    }),
  }),
  apiCommand({
    name: 'role delete',
    summary: 'Deletes a role of your own that nobody has',
    takes: ['<name>'],
    about: [],
    examples: ['lading role delete uploader'],
    request: ({ arguments: [name = ''] }) => ({ method: 'DELETE', path: pathOf('roles', name) }),
  }),
]
