import { users } from '../config/access-types.ts'
import { type Command, exitCodes, jsonFlag } from './command.ts'
import { usageFailure } from './failure.ts'
import { readNewPassword } from './read-password.ts'

/** What may stand for the real function in tests, which need not wait for it. */
export type HashPassword = (password: string) => Promise<string>

export const passwd: Command = passwdWith(async (password) => {
  const { hashPassword } = await import('../boot/passwords.ts')
  return await hashPassword(password)
})

export function passwdWith(hashPassword: HashPassword): Command {
  return {
    name: 'passwd',
    summary: 'Makes the entry of a user for the configuration',
    takes: ['[user]'],
    about: [
      'Asks for a password, or reads it from the standard input where that is no terminal, and prints the entry to put below `users`. Without a user it prints the hash alone. Nothing is stored.',
      'What it prints with --json is also the value of access.administrator, by which the first start makes the first account.',
    ],
    flags: jsonFlag,
    examples: ['lading passwd alice', 'lading passwd alice --json < password.txt'],
    async run({ arguments: [name], switches, world }) {
      if (name !== undefined) checkUserName(name)
      const passwordHash = await hashPassword(await readNewPassword(world))
      if (switches.has('json'))
        world.out(JSON.stringify({ ...(name === undefined ? {} : { name }), passwordHash }))
      else if (name === undefined) world.out(passwordHash)
      else
        world.out(
          `users:\n  - name: ${JSON.stringify(name)}\n    passwordHash: ${JSON.stringify(passwordHash)}`,
        )
      return exitCodes.done
    },
  }
}

/** Asked of the setting itself, before anybody types a password twice. */
function checkUserName(name: string): void {
  users.read([{ name }], {
    base: '',
    complain(message, path = []) {
      if (path.at(-1) === 'name') throw usageFailure(message)
    },
  })
}
