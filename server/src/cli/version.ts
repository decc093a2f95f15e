import { ladingVersion } from '../boot/lading-version.ts'
import { type Command, exitCodes, jsonFlag } from './command.ts'

export const version: Command = {
  name: 'version',
  summary: 'Prints the version of Lading and what it runs on',
  takes: [],
  about: [],
  flags: jsonFlag,
  examples: ['lading version', 'lading version --json'],
  async run({ switches, world }) {
    const facts = {
      lading: ladingVersion(),
      node: process.versions.node,
      platform: `${process.platform}-${process.arch}`,
    }
    if (switches.has('json')) world.out(JSON.stringify(facts))
    else world.out(`lading ${facts.lading} (Node ${facts.node}, ${facts.platform})`)
    return exitCodes.done
  },
}
