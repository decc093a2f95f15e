import type { Completes } from '../command.ts'
import { type CommandWords, type FlagWords, firstWords, secondWords, singleQuoted } from './words.ts'

/** To be sourced, or put as `_lading` into a folder of fpath. */
export function zshCompletion(commands: readonly CommandWords[]): string {
  const groups = secondWords(commands)
  return [
    '#compdef lading',
    '# zsh completion for lading. Use it with: source <(lading completion zsh)',
    ...commands.flatMap(commandFunction),
    ...[...groups].flatMap(([group, words]) => [
      `_lading_${group}() {`,
      ...chooser(words, (word) => `_lading_${group}_${word}`),
      '}',
    ]),
    '_lading() {',
    ...chooser(firstWords(commands), (word) => `_lading_${word}`),
    '}',
    'if [[ $funcstack[1] == _lading ]]; then',
    '  _lading "$@"',
    'else',
    '  compdef _lading lading',
    'fi',
    '',
  ].join('\n')
}

/** One word of several, and then what belongs to it. */
function chooser(
  words: readonly { readonly word: string; readonly about: string }[],
  functionOf: (word: string) => string,
): string[] {
  return [
    '  local curcontext="$curcontext" state line',
    "  _arguments -C '1: :->word' '*:: :->rest'",
    '  case $state in',
    '    word)',
    '      local -a words_here',
    `      words_here=(${words.map(({ word, about }) => singleQuoted(`${word}:${about}`)).join(' ')})`,
    "      _describe 'command' words_here",
    '      ;;',
    '    rest)',
    '      case $line[1] in',
    ...words.map(({ word }) => `        ${word}) ${functionOf(word)} ;;`),
    '      esac',
    '      ;;',
    '  esac',
  ]
}

function commandFunction({ name, flags, completes }: CommandWords): string[] {
  const rest = completes === undefined ? [] : [singleQuoted(`*:argument:${action(completes)}`)]
  return [
    `_lading_${name.replace(' ', '_')}() {`,
    `  _arguments ${[...flags.map(specification), ...rest].join(' \\\n    ')}`,
    '}',
  ]
}

function specification({ name, about, takesValue, completes }: FlagWords): string {
  const said = `[${about.replaceAll(/[[\]\\:]/g, '\\$&')}]`
  return singleQuoted(takesValue ? `--${name}=${said}:${name}:${action(completes)}` : `--${name}${said}`)
}

function action(completes: Completes | undefined): string {
  if (completes === undefined) return ' '
  if (completes === 'files') return '_files'
  if (completes === 'folders') return '_files -/'
  return `(${completes.join(' ')})`
}
