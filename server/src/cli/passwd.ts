import type { Operator } from '../boot/operator.ts'
import { users } from '../config/access-types.ts'
import { type Command, exitCodes, type Invocation, jsonFlag } from './command.ts'
import { dataFlags } from './data-flags.ts'
import { Failure, usageFailure } from './failure.ts'
import { withOperator } from './operate.ts'
import { readNewPassword } from './read-password.ts'
import { settingFlags } from './setting-flags.ts'

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
      'With --first-user it makes a new password for who was made by access.firstUser, and prints it: the one before is worth nothing from then on, in the server that runs too.',
    ],
    flags: {
      'first-user': { about: 'Makes a new password for the first user of a registry, and prints it.' },
      ...dataFlags,
      'access-first-user': settingFlags['access-first-user'] ?? { about: '' },
      ...jsonFlag,
    },
    examples: [
      'lading passwd alice',
      'lading passwd alice --json < password.txt',
      'lading passwd --first-user',
    ],
    async run(invocation) {
      const {
        arguments: [name],
        switches,
        values,
        world,
      } = invocation
      if (switches.has('first-user')) {
        if (name !== undefined)
          throw usageFailure('wants either --first-user or the name of a user, not both')
        return await renewFirstUser(invocation, hashPassword)
      }
      const misplaced = Object.keys(values)[0]
      if (misplaced !== undefined) throw usageFailure(`takes --${misplaced} with --first-user only`)
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

async function renewFirstUser(invocation: Invocation, hashPassword: HashPassword): Promise<number> {
  const { randomPassword } = await import('../boot/passwords.ts')
  const password = randomPassword()
  const hash = await hashPassword(password)
  const { switches, values, world } = invocation
  const name = await withOperator(invocation, async (operator, running) => {
    if (running) await requireSame(values['access-first-user'], operator)
    return await operator.setFirstUserHash(hash)
  })
  if (switches.has('json')) world.out(JSON.stringify({ firstUser: name, password }))
  else world.out(`The user ${name} has the password ${password} from now on; it is not shown again.`)
  return exitCodes.done
}

/** The server alone knows whom it lets in, whatever this process was told. @throws Failure */
async function requireSame(wanted: string | undefined, operator: Operator): Promise<void> {
  if (wanted === undefined) return
  const { firstUser } = await operator.status()
  if (firstUser === wanted) return
  const knows = firstUser === undefined ? 'has no first user' : `has the first user ${firstUser}`
  throw new Failure(`the server that runs ${knows}, and a password for ${wanted} would count for nothing`)
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
