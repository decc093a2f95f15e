import { namespaceVisibilities } from '../../domain/namespace-settings.ts'
import { columns } from '../columns.ts'
import type { Command, Flag, Invocation } from '../command.ts'
import { usageFailure } from '../failure.ts'
import { apiCommand, given, listOf, pathOf, required } from './api-command.ts'

interface Namespace {
  readonly namespace: string
  readonly owner: string
  readonly visibility: string
}

const visibility: Readonly<Record<string, Flag>> = {
  visibility: {
    takes: '<who>',
    about: 'Who finds what is in it: public, internal (everybody with an account) or private.',
    completes: namespaceVisibilities,
  },
}
const switches = {
  'allow-public-publish': 'allowPublicPublish',
  'require-signed-artifacts': 'requireSignedArtifacts',
  'auto-scan-vulnerabilities': 'autoScanVulnerabilities',
  'requires-review': 'requiresReview',
  'auto-publish': 'autoPublish',
} as const
const bounds = {
  'quota-bytes': 'bytes',
  'quota-repositories': 'repositories',
  'quota-manifests': 'manifests',
}
const onOff = ['on', 'off']
const notBuilt = 'Not built yet: it can only be off.'

export const namespaceCommands: readonly Command[] = [
  apiCommand({
    name: 'namespace create',
    summary: 'Makes a namespace that you or an organisation of yours own',
    takes: ['<name>'],
    about: ['One that has something in it already is given by an administrator.'],
    flags: {
      owner: { takes: '<owner>', about: 'user:<name> or organisation:<name>. Default: you.' },
      ...visibility,
    },
    examples: ['lading namespace create acme-tools --owner organisation:acme --visibility internal'],
    request: (invocation) => ({
      method: 'POST',
      path: 'namespaces',
      body: { namespace: invocation.arguments[0], ...given(invocation, 'owner', 'visibility') },
    }),
    show: ({ namespace, owner }: Namespace) => [`made the namespace ${namespace} of ${owner}`],
  }),
  apiCommand({
    name: 'namespace list',
    summary: 'Lists the namespaces that you may do something in',
    takes: [],
    about: ['Those that are nobody’s are not among them.'],
    examples: ['lading namespace list'],
    request: () => ({ method: 'GET', path: 'namespaces' }),
    paged: 'namespaces',
    show: ({ namespaces }: { namespaces: readonly Namespace[] }) =>
      columns(
        [
          ['NAME', 'left'],
          ['OWNER', 'left'],
          ['VISIBILITY', 'left'],
        ],
        namespaces.map((each) => [each.namespace, each.owner, each.visibility]),
      ),
  }),
  apiCommand({
    name: 'namespace show',
    summary: 'Shows whose a namespace is, and its settings',
    takes: ['<name>'],
    about: [],
    examples: ['lading namespace show acme --json'],
    request: ({ arguments: [name = ''] }) => ({ method: 'GET', path: pathOf('namespaces', name) }),
    show: ({ owner, settings }: { owner: string; settings: Readonly<Record<string, unknown>> }) => [
      `owner: ${owner}`,
      ...Object.entries(settings).map(
        ([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`,
      ),
    ],
  }),
  apiCommand({
    name: 'namespace set',
    summary: 'Changes settings of a namespace',
    takes: ['<name>'],
    about: [
      'What is not given stays as it is. A quota is set by who may set the settings of the registry, and goes before that of the configuration.',
    ],
    flags: {
      ...visibility,
      'allow-public-publish': {
        takes: '<on|off>',
        about: 'Whether everybody with an account may make artifacts in it.',
        completes: onOff,
      },
      'immutable-tags': {
        takes: '<patterns>',
        about: 'Tags that stay as they are, with commas between: v*,!*-rc*. None where it is empty.',
      },
      addresses: {
        takes: '<list>',
        about:
          'Addresses and networks from which alone it is there, with commas between: 10.0.0.0/8,192.0.2.7. From everywhere where it is empty.',
      },
      'quota-bytes': { takes: '<n|none>', about: 'How many bytes it may use.' },
      'quota-repositories': { takes: '<n|none>', about: 'How many repositories it may have.' },
      'quota-manifests': { takes: '<n|none>', about: 'How many manifests it may have.' },
      'require-signed-artifacts': { takes: '<on|off>', about: notBuilt, completes: onOff },
      'auto-scan-vulnerabilities': { takes: '<on|off>', about: notBuilt, completes: onOff },
      'requires-review': { takes: '<on|off>', about: notBuilt, completes: onOff },
      'auto-publish': { takes: '<on|off>', about: notBuilt, completes: onOff },
      'default-license': { takes: '<license>', about: 'Not built yet: it can only be empty.' },
    },
    examples: [
      'lading namespace set acme --visibility public',
      'lading namespace set acme --immutable-tags "v*,!*-rc*" --quota-bytes 50000000000',
      'lading namespace set acme --addresses 10.0.0.0/8,192.0.2.7',
    ],
    request: (invocation) => ({
      method: 'PATCH',
      path: pathOf('namespaces', invocation.arguments[0] ?? ''),
      body: changeOf(invocation),
    }),
  }),
  apiCommand({
    name: 'namespace transfer',
    summary: 'Gives a namespace to somebody else',
    takes: ['<name>'],
    about: [
      'To an organisation that you own or administer; to a user, an administrator gives it. What was granted in it stays.',
    ],
    flags: { to: { takes: '<owner>', about: 'user:<name> or organisation:<name>.' } },
    examples: ['lading namespace transfer tools --to organisation:acme'],
    request: (invocation) => ({
      method: 'POST',
      path: pathOf('namespaces', invocation.arguments[0] ?? '', 'transfer'),
      body: { to: required(invocation, 'to') },
    }),
  }),
  apiCommand({
    name: 'namespace delete',
    summary: 'Deletes an empty namespace, with its grants and robots',
    takes: ['<name>'],
    about: [],
    examples: ['lading namespace delete acme-tools'],
    request: ({ arguments: [name = ''] }) => ({ method: 'DELETE', path: pathOf('namespaces', name) }),
  }),
]

function changeOf({ values }: Invocation): object {
  const flags = Object.entries(switches).flatMap(([flag, name]) => {
    const value = values[flag]
    if (value === undefined) return []
    if (value !== 'on' && value !== 'off')
      throw usageFailure(`--${flag} wants on or off, not ${JSON.stringify(value)}`)
    return [[name, value === 'on'] as const]
  })
  const quota = Object.entries(bounds).flatMap(([flag, name]): (readonly [string, number | null])[] => {
    const value = values[flag]
    if (value === undefined) return []
    if (value === 'none') return [[name, null]]
    if (/^\d{1,15}$/.test(value)) return [[name, Number(value)]]
    throw usageFailure(`--${flag} wants a whole number or none, not ${JSON.stringify(value)}`)
  })
  const [patterns, license] = [values['immutable-tags'], values['default-license']]
  const addresses = values['addresses']
  const change = {
    ...Object.fromEntries(flags),
    ...(values['visibility'] !== undefined && { visibility: values['visibility'] }),
    ...(patterns !== undefined && { immutableTags: listOf(patterns) }),
    ...(addresses !== undefined && { addresses: listOf(addresses) }),
    ...(license !== undefined && { defaultLicense: license }),
    ...(quota.length > 0 && { quota: Object.fromEntries(quota) }),
  }
  if (Object.keys(change).length === 0) throw usageFailure('wants a setting to change')
  return change
}
