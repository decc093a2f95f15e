import { clientCredentials } from '../config/environment-names.ts'
import type { Flag, Invocation } from './command.ts'
import { keptKey } from './credentials-file.ts'
import { usageFailure } from './failure.ts'
import { readPassword } from './read-password.ts'
import { type Credentials, RegistryClient } from './registry-client.ts'
import { parseRegistryReference, type RegistryReference } from './registry-reference.ts'
import { readTransport } from './transport.ts'

/** Of every command that talks to a running registry. */
export const clientFlags: Readonly<Record<string, Flag>> = {
  user: {
    takes: '<name>',
    about:
      'Who to log in as; LADING_USER where it is not given, and without that whoever `lading login` has logged in there.',
  },
  'password-stdin': { about: 'Reads the password from the standard input, instead of from LADING_PASSWORD.' },
  tls: {
    about:
      'Speaks TLS, as https:// before the reference does. Without a word on it, TLS is what other machines are spoken to with; on this machine plain HTTP comes first.',
  },
  'plain-http': { about: 'Speaks HTTP without TLS, as http:// before the reference does.' },
  'ca-file': {
    takes: '<file>',
    completes: 'files',
    about:
      'PEM certificates of the authorities to trust beside those that this machine does; LADING_CA_FILE where it is not given. Says --tls too.',
  },
}

/** The tag that the first argument names, and a client for its registry. @throws Failure */
export async function openRegistry(
  invocation: Invocation,
): Promise<{ readonly reference: RegistryReference; readonly client: RegistryClient }> {
  const reference = parseRegistryReference(invocation.arguments[0] ?? '')
  const transport = readTransport(invocation, reference)
  const credentials = await readCredentials(invocation, reference.host)
  const client = new RegistryClient(`${reference.host}/v2/${reference.name}/`, { credentials, transport })
  return { reference, client }
}

/** For the registry at this host, with its port. @throws Failure */
export async function readCredentials(
  { values, switches, world }: Invocation,
  host: string,
): Promise<Credentials | undefined> {
  const given = clientCredentials(world.input.env)
  const user = values['user'] ?? given.user
  const piped = switches.has('password-stdin')
  if (user === undefined) {
    if (piped || given.password !== undefined)
      throw usageFailure('has a password and no user: add --user <name>')
    const kept = keptKey(world, host)
    return kept && { user: kept.user, password: kept.key }
  }
  const password = piped ? await readPassword(world) : given.password
  if (password === undefined)
    throw usageFailure(`wants the password of ${user}: add --password-stdin, or set LADING_PASSWORD`)
  return { user, password }
}
