import type { Completes } from '../command.ts'
import { type CommandWords, type FlagWords, firstWords, secondWords, singleQuoted } from './words.ts'

/** For bash from 3.2 on, with or without its completion package. */
export function bashCompletion(commands: readonly CommandWords[]): string {
  const groups = secondWords(commands)
  return [
    '# bash completion for lading. Use it with: source <(lading completion bash)',
    '_lading_offer() {',
    // An unquoted array would be split at spaces in the names of files.
    "  local IFS=$'\\n'",
    '  COMPREPLY=( $(compgen "$@") )',
    '}',
    '_lading_files() {',
    '  compopt -o filenames 2>/dev/null',
    '  _lading_offer "$@"',
    '}',
    '_lading() {',
    `  local cur=${typed('COMP_CWORD')} prev=${typed('COMP_CWORD-1')} command=${typed('1')}`,
    '  COMPREPLY=()',
    // bash takes --flag=value apart at the equals sign.
    '  if [[ $cur == "=" ]]; then',
    '    cur=""',
    '  elif [[ $prev == "=" ]]; then',
    `    prev=${typed('COMP_CWORD-2')}`,
    '  fi',
    '  if (( COMP_CWORD == 1 )); then',
    `    _lading_offer -W ${list(firstWords(commands).map(({ word }) => word))} -- "$cur"`,
    '    return',
    '  fi',
    '  case $command in',
    ...[...groups].flatMap(([group, words]) => [
      `    ${group})`,
      '      if (( COMP_CWORD == 2 )); then',
      `        _lading_offer -W ${list(words.map(({ word }) => word))} -- "$cur"`,
      '        return',
      '      fi',
      `      command="$command ${typed('2')}"`,
      '      ;;',
    ]),
    '  esac',
    '  case $command in',
    ...commands.flatMap(commandCase),
    '  esac',
    '}',
    'complete -F _lading lading',
    '',
  ].join('\n')
}

function commandCase({ name, flags, completes }: CommandWords): string[] {
  const valued = flags.filter(({ takesValue }) => takesValue)
  return [
    `    ${singleQuoted(name)})`,
    ...(valued.length === 0 ? [] : ['      case $prev in', ...valued.map(valueCase), '      esac']),
    '      if [[ $cur == -* ]]; then',
    `        _lading_offer -W ${list(flags.map((flag) => `--${flag.name}`))} -- "$cur"`,
    ...(completes === undefined ? [] : ['      else', `        ${offer(completes)}`]),
    '      fi',
    '      ;;',
  ]
}

function valueCase({ name, completes }: FlagWords): string {
  return `        --${name}) ${completes === undefined ? '' : `${offer(completes)}; `}return ;;`
}

function offer(completes: Completes): string {
  if (completes === 'files') return '_lading_files -f -- "$cur"'
  if (completes === 'folders') return '_lading_files -d -- "$cur"'
  return `_lading_offer -W ${list(completes)} -- "$cur"`
}

/** compgen takes the list apart at line ends, as the function that calls it has said. */
function list(words: readonly string[]): string {
  return `$'${words.map((word) => word.replaceAll('\\', '\\\\').replaceAll("'", "\\'")).join('\\n')}'`
}

/** A word of the command line, by an expression that bash makes a number of. */
function typed(index: string): string {
  return `\${COMP_WORDS[${index}]}`
}
