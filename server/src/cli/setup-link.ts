import { type Command, jsonFlag } from './command.ts'
import { dataFlags } from './data-flags.ts'
import { printLink } from './print-link.ts'

export const setupLink: Command = {
  name: 'setup-link',
  summary: 'Makes a new link by which the first account is made',
  takes: [],
  about: [
    'For whoever has lost the one that the start has printed: those that were made before open nothing any more. The link is good once, for 24 hours, and whoever has it may do everything then. It works beside a running server and without one.',
    'Where there are accounts it makes none: administrators make others by `lading user create` and `lading grant give --role admin`. Where the only administrator has lost their password, `lading reset-link` gives them another one.',
  ],
  flags: { ...dataFlags, ...jsonFlag },
  examples: ['lading setup-link', 'lading setup-link --data /var/lib/lading --json'],
  async run(invocation) {
    const words = { says: 'To make the first account', member: 'setUp' }
    return await printLink(invocation, (operator) => operator.setUpLink(), words)
  },
}
