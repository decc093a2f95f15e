import { namingNearest } from '../domain/nearest.ts'
import { type Command, exitCodes } from './command.ts'
import { usageFailure } from './failure.ts'
import { commandHelp, generalHelp } from './help-text.ts'

/** The command that tells of the others. */
export function helpOn(others: readonly Command[]): Command {
  const help: Command = {
    name: 'help',
    summary: 'Says what lading can do, or how one command is used',
    takes: ['[command...]'],
    about: [],
    flags: {},
    examples: ['lading help', 'lading help tag history'],
    async run({ arguments: words, world }) {
      const all = [...others, help]
      const name = words.join(' ')
      const one = all.find((command) => command.name === name)
      const part = all.filter((command) => command.name.startsWith(`${name} `))
      if (one !== undefined) world.out(commandHelp(one))
      else if (name === '' || part.length > 0) world.out(generalHelp(name === '' ? all : part))
      else throw usageFailure(`there is no command "${name}"${namingNearest(name, all.map(nameOf))}`)
      return exitCodes.done
    },
  }
  return help
}

function nameOf(command: Command): string {
  return command.name
}
