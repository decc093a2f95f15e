import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Command } from '../src/cli/command.ts'
import { commands } from '../src/cli/commands.ts'
import { exitCodeText, usage } from '../src/cli/help-text.ts'
import { settingFlags } from '../src/cli/setting-flags.ts'
import { environmentName, flagName, settingKeys, settings } from '../src/config/settings.ts'
import { problemCodes, problemStatus } from '../src/pages/problems/door.ts'
import { explanations } from '../src/pages/problems/explanations.ts'
import { type Metric, type MetricName, metrics } from '../src/ports/telemetry/metrics.ts'

const folder = join(import.meta.dirname, '../../docs/reference')
const notice = '<!-- Made by `npm run reference`. Changes belong in the source, not here. -->'

/** The pages of the reference by file name, as they should be. */
export function referencePages(): ReadonlyMap<string, string> {
  return new Map([
    ['configuration.md', configurationPage()],
    ['commands.md', commandsPage()],
    ['metrics.md', metricsPage()],
    ['problems.md', problemsPage()],
  ])
}

export const referenceFolder: string = folder

if (import.meta.main) {
  await mkdir(folder, { recursive: true })
  for (const [name, text] of referencePages()) await writeFile(join(folder, name), text)
}

function configurationPage(): string {
  return [
    '# Configuration',
    '',
    notice,
    '',
    'Lading runs without any configuration. What is set comes, strongest first, from flags, from the environment, from a file, and from the defaults below. `lading config` prints what that comes to, each value with its source, and lists all mistakes at once.',
    '',
    'The file is YAML or JSON: the one that `--config` or `LADING_CONFIG` names, else `lading.yaml` in the working folder if it is there. A dot in a setting stands for a section. Paths in the file start from its folder, all others from the working folder. An empty variable counts as not set. Patterns and `*` want quotes in YAML. In flags and variables `users`, `namespaces` and `kinds` are written as JSON, and the names of `access.read` and `access.write` with commas between.',
    '',
    '```yaml',
    'listen: 0.0.0.0:7070',
    'data: /var/lib/lading',
    'users:',
    '  # Made by: lading passwd alice',
    '  - name: alice',
    '    passwordHash: "$scrypt$ln=15,r=8,p=1$…"',
    'access:',
    '  read: anyone',
    '  write: [alice]',
    'namespaces:',
    '  "*":',
    '    immutableTags: ["v*", "!*-rc*"]',
    'limits:',
    '  graceTime: 48h',
    '```',
    '',
    '## Settings',
    ...settingKeys.flatMap(settingSection),
    '',
  ].join('\n')
}

function problemsPage(): string {
  return [
    '# Problems',
    '',
    notice,
    '',
    'What goes wrong is answered as [RFC 9457](https://www.rfc-editor.org/rfc/rfc9457) describes, in a JSON document whose `code` is one of these and stays the same. Its `type` leads to the page of the code in the registry itself, such as `/problems/tag-immutable`; `detail` says what is wrong this time, and `requestId` is what the log knows it by. Clients of other protocols get the errors of their own protocol.',
    '',
    '| code | status | what it means | what to do |',
    '|---|---|---|---|',
    ...problemCodes.map((code) => {
      const { means, mend } = explanations[code]
      return `| \`${code}\` | ${problemStatus(code)} | ${means} | ${mend} |`
    }),
    '',
  ].join('\n')
}

function settingSection(key: (typeof settingKeys)[number]): string[] {
  const { about, type, default: preset, alsoNamed } = settings[key]
  const also = alsoNamed === undefined ? '' : `, or \`${alsoNamed}\``
  return [
    '',
    `### \`${key}\``,
    '',
    plain(about),
    '',
    `- Wants ${plain(type.wanted)}.`,
    `- Default: ${preset === undefined ? 'none' : `\`${typeof preset === 'string' ? preset : JSON.stringify(preset)}\``}.`,
    `- Flag \`--${flagName(key)}\`, variable \`${environmentName(key)}\`${also}.`,
  ]
}

function commandsPage(): string {
  return [
    '# Commands',
    '',
    notice,
    '',
    `Exit codes of all: ${exitCodeText}. Every command takes \`--help\`. With \`--json\` what a command has to say is JSON on the standard output, and a failure is \`{"error": …}\` on the standard error.`,
    ...commands.flatMap(commandSection),
    '',
  ].join('\n')
}

function commandSection(command: Command): string[] {
  // The settings have a page of their own.
  const takesSettings = Object.keys(settingFlags).every((name) => Object.hasOwn(command.flags, name))
  const own = Object.entries(command.flags).filter(
    ([name]) => !takesSettings || !Object.hasOwn(settingFlags, name),
  )
  const flags = own.map(([name, { takes, about }]) => {
    return `- \`--${name}${takes === undefined ? '' : ` ${takes}`}\`: ${plain(about)}`
  })
  return [
    '',
    `## \`lading ${command.name}\``,
    '',
    `${command.summary}.`,
    '',
    '```sh',
    usage(command),
    '```',
    ...command.about.flatMap((paragraph) => ['', plain(paragraph)]),
    ...(flags.length + Number(takesSettings) === 0 ? [] : ['']),
    ...(takesSettings
      ? ['- `--config <file>` and a flag for each setting: see [configuration](configuration.md).']
      : []),
    ...flags,
    '',
    'Examples:',
    '',
    '```sh',
    ...command.examples,
    '```',
  ]
}

/** Text that Markdown shows as it stands; between backticks it does so anyway. */
function plain(text: string): string {
  const parts = text.split('`')
  return parts.map((part, at) => (at % 2 === 0 ? part.replaceAll(/[*<_[\]]/g, '\\$&') : part)).join('`')
}

function metricsPage(): string {
  return [
    '# Metrics',
    '',
    notice,
    '',
    'What `/metrics` shows, for the whole process. A series stands there once something was counted in it. Whatever is none of the values named here is `other`: no client can make series. Of a histogram there are `_bucket`, `_sum` and `_count`; the count of requests is that of their durations.',
    '',
    '| metric | type | labels | what |',
    '|---|---|---|---|',
    ...Object.entries(metrics).map(([name, metric]) => metricRow(name as MetricName, metric)),
    '',
  ].join('\n')
}

function metricRow(name: MetricName, { kind, help, labels = {} }: Metric): string {
  const shown = Object.entries(labels).map(([label, values]) =>
    values.length === 0 ? `\`${label}\`` : `\`${label}\`: ${values.join(', ')}`,
  )
  return `| \`${name}\` | ${kind} | ${shown.join('; ')} | ${plain(help)} |`
}
