import type { NamespaceStatus, Status } from '../boot/operator.ts'
import { formatByteSize } from '../domain/byte-size.ts'
import type { Usage } from '../domain/quota.ts'
import { columns } from './columns.ts'
import { type Command, exitCodes, jsonFlag } from './command.ts'
import { dataFlags } from './data-flags.ts'
import { withOperator } from './operate.ts'
import { counted, mebibytes, span } from './shown-size.ts'

export const status: Command = {
  name: 'status',
  summary: 'Says what a registry holds and how it stands',
  takes: [],
  about: [
    'Asks the server that runs on the data folder; where none runs, the folder itself is looked at. A namespace uses the content of each of its repositories: what two of them share counts twice, and stands on the disk once.',
  ],
  flags: { ...dataFlags, ...jsonFlag },
  examples: ['lading status', 'lading status --json'],
  async run(invocation) {
    const { world, switches } = invocation
    const found = await withOperator(invocation, async (operator, running) => ({
      status: await operator.status(),
      running,
    }))
    if (switches.has('json')) world.out(JSON.stringify({ running: found.running, ...found.status }, null, 2))
    else for (const line of lines(found.status, found.running)) world.out(line)
    return exitCodes.done
  },
}

function lines(found: Status, running: boolean): string[] {
  const { release, node, pid, startedAt, data, schemaVersion, total, jobs, trash } = found
  const since = `for ${span(Date.now() - startedAt)}, as process ${pid}`
  return [
    `Lading ${release} (Node ${node}) ${running ? `runs ${since}` : 'does not run here'}`,
    `Data folder: ${data} (schema version ${schemaVersion})`,
    `Holds ${counted(total.repositories, 'repository', 'repositories')}, ${counted(total.manifests, 'manifest')}, ${mebibytes(total.bytes)}`,
    ...(total.repositories > 1
      ? ['What repositories share counts for each of them, and is on the disk once']
      : []),
    ...(found.freeBytes === undefined ? [] : [`Free on the disk: ${formatByteSize(found.freeBytes)}`]),
    ...(found.damaged > 0 ? [`Damaged: ${counted(found.damaged, 'blob')}; see \`lading scrub\``] : []),
    ...(found.hasAccounts
      ? []
      : ['Nobody has an account yet; `lading setup-link` makes a link for the first one']),
    `Unfinished uploads: ${found.uploads}; files in the trash: ${trash.files}`,
    `Jobs: ${jobs.due} due, ${jobs.running} running, ${Math.max(0, jobs.ready - jobs.due)} for later, ${jobs.dead} dead${jobs.dead > 0 ? '; see `lading jobs`' : ''}`,
    ...(found.namespaces.length === 0 ? [] : ['', ...namespaceTable(found.namespaces)]),
  ]
}

function namespaceTable(namespaces: readonly NamespaceStatus[]): string[] {
  return columns(
    [
      ['NAMESPACE', 'left'],
      ['USES', 'right'],
      ['REPOSITORIES', 'right'],
      ['MANIFESTS', 'right'],
    ],
    namespaces.map((each) => [
      each.namespace,
      bounded(each, 'bytes', mebibytes, formatByteSize),
      bounded(each, 'repositories', String),
      bounded(each, 'manifests', String),
    ]),
  )
}

function bounded(
  each: NamespaceStatus,
  measure: keyof Usage,
  write: (count: number) => string,
  writeLimit: (count: number) => string = write,
): string {
  const limit = each.quota[measure]
  return limit === undefined ? write(each[measure]) : `${write(each[measure])} of ${writeLimit(limit)}`
}
