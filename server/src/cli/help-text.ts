import type { Command } from './command.ts'
import { foldColumns, foldText } from './fold-text.ts'

export const exitCodeText =
  '0 it is done, 1 it could not be done, 2 the command line was not understood, 3 damage was found, 4 it has to be run again after what it says, 130 it was interrupted'

/** What `lading help` prints. */
export function generalHelp(commands: readonly Command[]): string {
  const rows = commands.map(({ name, summary }) => [name, summary] as const)
  return [
    'Lading: one self-hosted registry for everything a team ships.',
    '',
    'Usage: lading <command> [flags]',
    '',
    ...foldColumns(rows),
    '',
    '`lading <command> --help` tells more.',
    ...foldText(`Exit codes: ${exitCodeText}.`),
  ].join('\n')
}

/** What `lading <command> --help` prints. */
export function commandHelp(command: Command): string {
  const flags = Object.entries(command.flags).map(([name, { takes, about }]) => {
    return [takes === undefined ? `--${name}` : `--${name} ${takes}`, about] as const
  })
  return [
    `${command.summary}.`,
    '',
    `Usage: ${usage(command)}`,
    ...command.about.flatMap((paragraph) => ['', ...foldText(paragraph)]),
    ...(flags.length === 0 ? [] : ['', 'Flags:', ...foldColumns(flags)]),
    '',
    'Examples:',
    ...command.examples.map((example) => `  ${example}`),
    '',
    ...foldText(`Exit codes: ${exitCodeText}.`),
  ].join('\n')
}

export function usage({ name, takes, flags }: Command): string {
  return ['lading', name, ...takes, ...(Object.keys(flags).length === 0 ? [] : ['[flags]'])].join(' ')
}
