import type { Completes } from '../command.ts'
import { type CommandWords, firstWords, secondWords, singleQuoted } from './words.ts'

/** To be sourced, or put into ~/.config/fish/completions/lading.fish. */
export function fishCompletion(commands: readonly CommandWords[]): string {
  const first = firstWords(commands)
  const noneYet = condition(`not __fish_seen_subcommand_from ${first.map(({ word }) => word).join(' ')}`)
  return [
    '# fish completion for lading. Use it with: lading completion fish | source',
    'complete -c lading -f',
    ...first.map(
      ({ word, about }) => `complete -c lading ${noneYet} -a ${word} -d ${singleQuotedFish(about)}`,
    ),
    ...[...secondWords(commands)].flatMap(([group, words]) => {
      const here = `__fish_seen_subcommand_from ${group}; and not __fish_seen_subcommand_from ${words.map(({ word }) => word).join(' ')}`
      return words.map(
        ({ word, about }) => `complete -c lading ${condition(here)} -a ${word} -d ${singleQuotedFish(about)}`,
      )
    }),
    ...commands.flatMap(commandLines),
    '',
  ].join('\n')
}

function commandLines({ name, flags, completes }: CommandWords): string[] {
  const seen = name.split(' ').map((word) => `__fish_seen_subcommand_from ${word}`)
  const here = condition(seen.join('; and '))
  return [
    ...(completes === undefined ? [] : [`complete -c lading ${here} ${values(completes)}`]),
    ...flags.map((flag) => {
      const takes = flag.takesValue ? ` -r ${values(flag.completes)}` : ''
      return `complete -c lading ${here} -l ${flag.name}${takes} -d ${singleQuotedFish(flag.about)}`
    }),
  ]
}

function condition(test: string): string {
  return `-n ${singleQuoted(test)}`
}

function values(completes: Completes | undefined): string {
  if (completes === undefined) return '-f'
  if (completes === 'files') return '-F'
  if (completes === 'folders') return "-f -a '(__fish_complete_directories)'"
  return `-f -a ${singleQuoted(completes.join(' '))}`
}

/** fish knows two escapes between single quotes. */
function singleQuotedFish(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
