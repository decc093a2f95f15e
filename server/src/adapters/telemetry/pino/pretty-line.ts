import { stripVTControlCharacters } from 'node:util'
import { type DescribedError, errorChain } from './describe-error.ts'

const colours: Readonly<Record<string, number>> = { debug: 90, info: 32, warn: 33, error: 31 }

/** What a line of JSON says, for a person at a terminal: time, level, message, fields. */
export function prettyLine(json: string): string {
  const { level, time, msg, error, ...fields } = JSON.parse(json) as Record<string, unknown>
  const name = String(level)
  const clock = new Date(String(time)).toTimeString().slice(0, 8)
  const said = [grey(clock), colour(name.toUpperCase().padEnd(5), colours[name] ?? 0), plain(String(msg))]
  for (const [field, value] of Object.entries(fields)) said.push(grey(`${plain(field)}=${shown(value)}`))
  const lines = [said.join(' ')]
  if (error !== undefined) lines.push(...errorLines(error as DescribedError))
  return `${lines.join('\n')}\n`
}

function errorLines(error: DescribedError): string[] {
  const frames = (error.stack ?? '').split('\n').filter((line) => line.startsWith('    at '))
  return [`  ${plain(errorChain(error))}`, ...frames.map((frame) => grey(plain(frame)))]
}

function shown(value: unknown): string {
  const text = plain(String(value))
  return /^[^\s"=]+$/.test(text) ? text : JSON.stringify(text)
}

/** What clients wrote into names and paths must not steer the operator's terminal. */
function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
  return stripVTControlCharacters(text).replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ')
}

function colour(text: string, code: number): string {
  return `\u001b[${code}m${text}\u001b[0m`
}

function grey(text: string): string {
  return colour(text, 90)
}
