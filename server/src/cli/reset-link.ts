import { type Command, jsonFlag } from './command.ts'
import { dataFlags } from './data-flags.ts'
import { printLink } from './print-link.ts'

export const resetLink: Command = {
  name: 'reset-link',
  summary: 'Makes a link by which a user chooses a new password',
  takes: ['<user>'],
  about: [
    'For an administrator who has lost their password, and for everybody else where no letters are sent: whoever may manage users makes the same link by `lading user link`. This one asks for no login, and works on the machine of the registry alone, beside a running server and without one.',
    'The link is good once, for an hour; of a user who was invited and has no password yet, for seven days. All sessions and tokens of before end once it is used; keys stay. A second factor is asked for as ever: whoever has lost that too, and the codes for recovery, needs `--second-factor`, which takes all of them away at once. The audit log says that the operator has made it.',
  ],
  flags: {
    'second-factor': { about: 'Takes their second factors away, and their codes for recovery.' },
    ...dataFlags,
    ...jsonFlag,
  },
  examples: ['lading reset-link ada', 'lading reset-link ada --second-factor --data /var/lib/lading --json'],
  async run(invocation) {
    const [user = ''] = invocation.arguments
    const words = { says: `To choose a password for ${user}`, member: 'password' }
    const options = { secondFactor: invocation.switches.has('second-factor') }
    return await printLink(invocation, (operator) => operator.resetLink(user, options), words)
  },
}
