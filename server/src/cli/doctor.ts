import { trustAuthorities } from '../boot/trust-authorities.ts'
import { loadConfig } from '../config/load-config.ts'
import { describeMistake } from '../config/mistake.ts'
import { settingsAmong } from './checked-config.ts'
import { type Command, exitCodes, type Invocation, jsonFlag } from './command.ts'
import { type Check, ok, problem } from './doctor/check.ts'
import { checks } from './doctor/checks.ts'
import { examine, patientOf, type Told, withoutRepeated } from './doctor/examine.ts'
import { foldText } from './fold-text.ts'
import { ProgressLine } from './progress-line.ts'
import { settingFlags } from './setting-flags.ts'
import { counted } from './shown-size.ts'

export const doctor: Command = doctorWith(checks)

export function doctorWith(all: readonly Check[]): Command {
  return {
    name: 'doctor',
    summary: 'Looks for what commonly goes wrong, and says how to mend it',
    takes: [],
    about: [
      'Looks at the configuration, the data folder and its disk, the port and the certificate, the clock, the database and its replicas, the bucket, the caches, the server that searches and the work that is left behind. Give it the flags that `lading serve` gets. It works beside a running server, and changes nothing. Ends with 1 where it finds a problem; warnings do not count.',
    ],
    flags: { ...settingFlags, ...jsonFlag },
    examples: ['lading doctor', 'lading doctor --config /etc/lading/lading.yaml --json'],
    async run(invocation) {
      const told = await diagnose(invocation, all)
      const { world, switches } = invocation
      if (switches.has('json')) world.out(JSON.stringify({ ...tally(told), findings: told }, null, 2))
      else for (const line of lines(told)) world.out(line)
      return told.some(({ state }) => state === 'problem') ? exitCodes.failed : exitCodes.done
    },
  }
}

async function diagnose({ values, world }: Invocation, all: readonly Check[]): Promise<Told[]> {
  const check = 'configuration'
  const loaded = loadConfig({ ...world.input, flags: settingsAmong(values) })
  if ('mistakes' in loaded) {
    // Nothing else is known to be what it should be.
    const mend = 'correct it there; docs/reference/configuration.md tells of each setting'
    return loaded.mistakes.map((mistake) => ({ check, ...problem(describeMistake(mistake), mend) }))
  }
  const { config, file } = loaded
  trustAuthorities(config)
  const { patient, unheard } = await patientOf(config, Date.now())
  using line = new ProgressLine(world)
  const examined = await examine(patient, all, (name) => line.say(`looking at: ${name}`))
  const read = file === undefined ? 'there is no file; flags, environment and defaults' : file
  return [{ check, ...ok(read) }, ...withoutRepeated(unheard, examined), ...examined]
}

function tally(told: readonly Told[]): { readonly problems: number; readonly warnings: number } {
  const count = (wanted: Told['state']): number => told.filter(({ state }) => state === wanted).length
  return { problems: count('problem'), warnings: count('warning') }
}

const labels: Readonly<Record<Told['state'], string>> = { ok: 'ok', warning: 'WARNING', problem: 'PROBLEM' }
const labelWidth = 9

function lines(told: readonly Told[]): string[] {
  const { problems, warnings } = tally(told)
  const indent = ' '.repeat(labelWidth)
  return [
    ...told.flatMap(({ state, check, says, mend }) => {
      const [first = '', ...rest] = foldText(`${check}: ${says}`, indent)
      const help = mend === undefined ? [] : foldText(`To mend it: ${mend}`, indent)
      return [`${labels[state].padEnd(labelWidth)}${first.slice(labelWidth)}`, ...rest, ...help]
    }),
    '',
    `${counted(problems, 'problem')}, ${counted(warnings, 'warning')}`,
  ]
}
