import { clientFlags, openRegistry } from './client-flags.ts'
import { type Command, exitCodes, jsonFlag } from './command.ts'
import { usageFailure } from './failure.ts'
import { type HistoryEntry, readHistory } from './read-history.ts'

const defaultLimit = 100

export const tagHistory: Command = {
  name: 'tag history',
  summary: 'Tells what a tag has named, when, and who moved it',
  takes: ['<ref>'],
  about: [
    'Asks a running registry. The newest change comes first; what is gone was deleted, and cannot be restored. `<ref>` is host[:port]/name:tag.',
  ],
  flags: {
    limit: { takes: '<n>', about: `How many changes to tell. Default: ${defaultLimit}.` },
    ...clientFlags,
    ...jsonFlag,
  },
  examples: [
    'lading tag history 127.0.0.1:7070/acme/app:latest',
    'lading tag history registry.example.com/acme/app:v1 --limit 5 --json',
  ],
  async run(invocation) {
    const limit = readLimit(invocation.values['limit'])
    const { reference, client } = await openRegistry(invocation)
    const entries = await readHistory(client, reference, limit)
    if (invocation.switches.has('json')) {
      const { name, tag } = reference
      invocation.world.out(JSON.stringify({ name, tag, entries }, null, 2))
    } else {
      for (const entry of entries) invocation.world.out(line(entry))
    }
    return exitCodes.done
  },
}

function readLimit(text: string | undefined): number {
  if (text === undefined) return defaultLimit
  if (!/^[1-9]\d{0,8}$/.test(text))
    throw usageFailure(`--limit wants a whole number from 1 on, not ${JSON.stringify(text)}`)
  return Number(text)
}

function line({ at, change, digest, previous, by, kept }: HistoryEntry): string {
  const was = previous === null || digest === null ? '' : ` (was ${previous})`
  const gone = digest === null || kept ? '' : ' (gone)'
  return `${at}  ${change.padEnd('create'.length)}  ${digest ?? previous}${gone}${was}  by ${by}`
}
