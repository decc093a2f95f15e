import type { Command, Invocation } from '../command.ts'
import { usageFailure } from '../failure.ts'
import { shownText } from '../shown-text.ts'
import { apiCommand, pathOf } from './api-command.ts'

interface Explained {
  readonly repository: string
  readonly as: string
  readonly pull: string
  readonly push: string
  readonly permissions: readonly { readonly permission: string; readonly allowed: boolean }[]
  readonly namespace?: { readonly owner: string; readonly visibility: string }
  readonly tag?: {
    readonly tag: string
    readonly digest?: string
    readonly movedAt?: string
    readonly immutableBy?: string
  }
  readonly quota?: {
    readonly used: Readonly<Record<string, number>>
    readonly limit: Readonly<Record<string, number>>
  }
}

interface ExplainedRefusal {
  readonly at: string
  readonly by: string
  readonly action: string
  readonly target: string
  readonly code: string
  readonly explained?: Explained
}

/** With a dot or a port it is a host, as everywhere. */
const form = /^(?:((?:https?:\/\/)?(?:\[[^\]]*\]|[^/\s]*[.:][^/\s]*|localhost))\/)?([^:\s]+)(?::([^:/\s]+))?$/

export const explainCommand: Command = apiCommand({
  name: 'explain',
  summary: 'Tells what decides whether somebody may pull and push something',
  takes: ['[ref]'],
  about: [
    '`<ref>` is [host[:port]/]name[:tag]. For somebody else than yourself it takes audit:read in the namespace. Of what you may not read you are told what you would be of what is not there.',
    'With --request it tells what a request was refused for: every answer that refuses one has its id in X-Request-Id. It takes audit:read too.',
  ],
  flags: {
    as: { takes: '<who>', about: 'A user, or such as robot:acme/ci, key:<id>, anonymous. Default: you.' },
    request: { takes: '<id>', about: 'The id of a request that was refused.' },
  },
  examples: ['lading explain acme/app:v1 --as bob', 'lading explain --request 5f1c9a3b7d2e4f60-2a'],
  registry: (invocation) => (invocation.values['request'] === undefined ? refOf(invocation)[0] : undefined),
  request: (invocation) => {
    const { as, request } = invocation.values
    if (request !== undefined) {
      if (invocation.arguments.length > 0 || as !== undefined)
        throw usageFailure('wants either <ref> or --request')
      return { method: 'GET', path: pathOf('explain', 'requests', request) }
    }
    const [, name, tag] = refOf(invocation)
    const asked = new URLSearchParams({ name, ...(tag && { tag }), ...(as && { as }) })
    return { method: 'GET', path: `explain?${asked}` }
  },
  show: (answer: Explained | { readonly refusals: readonly ExplainedRefusal[] }) => {
    if (!('refusals' in answer)) return lines(answer)
    if (answer.refusals.length === 0) return ['no refusal by that id that you may read']
    return answer.refusals.flatMap(({ at, by, action, target, code, explained }) => [
      shownText(`${at}  ${by}  ${action}  ${target}  refused: ${code}`).replaceAll('\n', '\\n'),
      ...(explained === undefined ? [] : ['As it would be decided now:', ...lines(explained)]),
    ])
  },
})

function refOf({ arguments: [text] }: Invocation): readonly [string | undefined, string, string | undefined] {
  if (text === undefined) throw usageFailure('wants <ref> or --request')
  const [, host, name = '', tag] = form.exec(text) ?? []
  if (name === '') throw usageFailure(`wants [host[:port]/]name[:tag], not ${JSON.stringify(text)}`)
  return [host, name, tag]
}

function lines({
  repository,
  as,
  pull,
  push,
  permissions,
  namespace,
  tag,
  quota,
}: Explained): readonly string[] {
  const may = permissions.flatMap(({ permission, allowed }) => (allowed ? [permission] : []))
  const mayNot = permissions.flatMap(({ permission, allowed }) => (allowed ? [] : [permission]))
  const moved = tag?.movedAt === undefined ? 'never pushed' : `deleted at ${tag.movedAt}`
  return [
    `${repository} for ${as}`,
    `pull: ${pull}`,
    `push: ${push}`,
    `may: ${may.join(' ') || 'nothing'}`,
    `may not: ${mayNot.join(' ') || 'nothing of artifacts'}`,
    ...(namespace === undefined ? [] : [`namespace: of ${namespace.owner}, ${namespace.visibility}`]),
    ...(tag === undefined ? [] : [`tag ${tag.tag}: ${tag.digest ?? moved}`]),
    ...(tag?.immutableBy === undefined ? [] : [`immutable by: ${tag.immutableBy}`]),
    ...Object.entries(quota?.limit ?? {}).map(
      ([measure, limit]) => `quota of ${measure}: ${quota?.used[measure] ?? 0} of ${limit}`,
    ),
  ]
}
