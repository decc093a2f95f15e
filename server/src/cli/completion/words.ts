import type { Command, Completes, Flag } from '../command.ts'

/** What a shell is told of a flag. */
export interface FlagWords {
  readonly name: string
  /** In a few words, for shells that show them. */
  readonly about: string
  readonly takesValue: boolean
  readonly completes: Completes | undefined
}

/** What a shell is told of a command. */
export interface CommandWords {
  /** `tag history` */
  readonly name: string
  readonly about: string
  readonly completes: Completes | undefined
  readonly flags: readonly FlagWords[]
}

export function wordsOf(commands: readonly Command[]): CommandWords[] {
  return commands.map(({ name, summary, completes, flags }) => ({
    name,
    about: summary,
    completes,
    flags: [
      ...Object.entries(flags).map(([flag, found]) => flagWords(flag, found)),
      { name: 'help', about: 'Says how the command is used', takesValue: false, completes: undefined },
    ],
  }))
}

function flagWords(name: string, { about, takes, completes }: Flag): FlagWords {
  return { name, about: firstClause(about), takesValue: takes !== undefined, completes }
}

/** A line of a list has no room for more. */
function firstClause(about: string): string {
  return about.split(/[.;]\s|[.;]$/, 1)[0] ?? about
}

/** What may stand first: each command, or the first word of several. */
export function firstWords(
  commands: readonly CommandWords[],
): { readonly word: string; readonly about: string }[] {
  const first = new Map<string, string>()
  for (const { name, about } of commands) {
    const [word = '', second] = name.split(' ')
    const listed = first.get(word)
    if (second === undefined) first.set(word, about)
    else first.set(word, listed === undefined ? `One of: ${second}` : `${listed}, ${second}`)
  }
  return [...first].map(([word, about]) => ({ word, about }))
}

/** Of `tag`: `history`, `restore`. By the first word, of those that have a second. */
export function secondWords(
  commands: readonly CommandWords[],
): ReadonlyMap<string, readonly { readonly word: string; readonly about: string }[]> {
  const groups = new Map<string, { word: string; about: string }[]>()
  for (const { name, about } of commands) {
    const [group = '', word] = name.split(' ')
    if (word === undefined) continue
    groups.set(group, [...(groups.get(group) ?? []), { word, about }])
  }
  return groups
}

/** A word of a shell that means nothing but itself. */
export function singleQuoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
