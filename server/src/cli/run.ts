import { namingNearest } from '../domain/nearest.ts'
import { type Command, exitCodes, type Flag } from './command.ts'
import { Failure, ReportedFailure } from './failure.ts'
import { commandHelp, generalHelp } from './help-text.ts'
import { parseFlags } from './parse-flags.ts'
import type { World } from './world.ts'

const helpFlag: Flag = { about: 'Says how the command is used.' }
/** Flags that people type where a command is expected, and the command that they mean. */
const shorthands: Readonly<Record<string, readonly string[]>> = {
  '-h': ['help'],
  '--help': ['help'],
  '-v': ['version'],
  '--version': ['version'],
}

/** Runs the command that the arguments name and answers the exit code. Throws nothing. */
export async function run(args: readonly string[], world: World): Promise<number> {
  const [first = '--help', ...others] = args
  const commands = await commandsFor(first)
  const words = commandWords(first, others, commands)
  const command = find(words, commands)
  const json = asksForJson(words)
  if (command === undefined) {
    const why = whyUnknown(words, commands)
    const [sentence = ''] = why.split('\n', 1)
    world.err(json ? jsonError(sentence) : `lading: ${why}`)
    return exitCodes.usage
  }
  const rest = words.slice(command.name.split(' ').length)
  const parsed = parseFlags(
    rest.map((word) => (word === '-h' ? '--help' : word)),
    { ...command.flags, help: helpFlag },
  )
  if (parsed.switches.has('help')) {
    world.out(commandHelp(command))
    return exitCodes.done
  }
  // The value of a flag that is not known counts as an argument: one mistake is not told as two.
  const mistakes = parsed.mistakes.length > 0 ? parsed.mistakes : wrongCount(command, parsed.arguments)
  if (mistakes.length > 0) {
    if (json) world.err(jsonError(mistakes.join('; ')))
    else {
      for (const mistake of mistakes) world.err(`lading ${command.name}: ${mistake}`)
      world.err(`See \`lading ${command.name} --help\`.`)
    }
    return exitCodes.usage
  }
  try {
    return await command.run({ ...parsed, world })
  } catch (error) {
    return tell(error, command, json, world)
  }
}

/** A server is on its way without the code of the other commands: which takes a good part of a start to load. */
async function commandsFor(first: string): Promise<readonly Command[]> {
  if (first === 'serve') return [(await import('./serve.ts')).serve]
  return (await import('./commands.ts')).commands
}

function commandWords(
  first: string,
  others: readonly string[],
  commands: readonly Command[],
): readonly string[] {
  if (Object.hasOwn(shorthands, first)) return [...(shorthands[first] ?? []), ...others]
  const asksForHelp = others.includes('--help') || others.includes('-h')
  return asksForHelp && isGroup(first, commands) && others[0]?.startsWith('-')
    ? ['help', first]
    : [first, ...others]
}

/** `tag`, of `tag history`. */
function isGroup(word: string, commands: readonly Command[]): boolean {
  return commands.some(({ name }) => name.startsWith(`${word} `))
}

function find(words: readonly string[], commands: readonly Command[]): Command | undefined {
  const [first = '', second = ''] = words
  return (
    commands.find(({ name }) => name === `${first} ${second}`) ?? commands.find(({ name }) => name === first)
  )
}

function whyUnknown(words: readonly string[], commands: readonly Command[]): string {
  const [first = '', second] = words
  const names = commands.map(({ name }) => name)
  const within = names.filter((name) => name.startsWith(`${first} `))
  if (within.length > 0 && (second === undefined || second.startsWith('-'))) {
    return `${first} wants one of: ${within.map((name) => name.slice(first.length + 1)).join(', ')}`
  }
  const typed = within.length > 0 ? `${first} ${second}` : first
  const candidates =
    within.length > 0 ? within : [...names, ...names.map((name) => name.split(' ')[0] ?? name)]
  const shown = within.length > 0 ? commands.filter(({ name }) => within.includes(name)) : commands
  return `there is no command "${typed}"${namingNearest(typed, candidates)}\n\n${generalHelp(shown)}`
}

function wrongCount({ takes }: Command, given: readonly string[]): string[] {
  const open = takes.some((name) => name.includes('...'))
  const needed = takes.filter((name) => name.startsWith('<'))
  if (given.length < needed.length) return [`wants ${needed.slice(given.length).join(' ')}`]
  const empty = given.indexOf('')
  if (empty !== -1) return [`${takes[Math.min(empty, takes.length - 1)]} is empty`]
  if (open || given.length <= takes.length) return []
  return [
    `does not know what to do with ${given
      .slice(takes.length)
      .map((word) => JSON.stringify(word))
      .join(' ')}`,
  ]
}

function tell(error: unknown, { name }: Command, json: boolean, world: World): number {
  if (error instanceof ReportedFailure) return error.exitCode
  if (error instanceof Failure) {
    world.err(json ? jsonError(error.message) : `lading ${name}: ${error.message}`)
    return error.exitCode
  }
  // Nobody foresaw it: the stack is what helps whoever looks into it.
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  world.err(json ? jsonError(stack) : `lading ${name}: ${stack}`)
  return exitCodes.failed
}

/** Whoever reads the answer by program reads what went wrong the same way, also with what was not understood. */
function asksForJson(words: readonly string[]): boolean {
  const end = words.indexOf('--')
  return (end === -1 ? words : words.slice(0, end)).includes('--json')
}

function jsonError(error: string): string {
  return JSON.stringify({ error })
}
