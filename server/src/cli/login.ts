import { hostname } from 'node:os'
import { isPermission, permissions as known } from '../domain/permission.ts'
import { clientFlags } from './client-flags.ts'
import { type Command, exitCodes, type Invocation } from './command.ts'
import { keepKey } from './credentials-file.ts'
import { deviceLogin } from './device-login.ts'
import { usageFailure } from './failure.ts'
import { RegistryClient } from './registry-client.ts'
import { parseRegistryHost } from './registry-host.ts'
import { readTransport } from './transport.ts'
import { usualRegistry, usualRegistryInWords } from './usual-registry.ts'

const { tls, 'plain-http': plainHttp, 'ca-file': caFile } = clientFlags

export const login: Command = {
  name: 'login',
  summary: 'Logs in at a registry by a browser, on this machine or another',
  takes: ['[registry]'],
  about: [
    `Shows an address and a code. Whoever opens the address, logs in there, and sees the same code, lets this program in: it gets a key, which the commands that talk to this registry use from then on. No password is typed here. \`[registry]\` is host[:port]; ${usualRegistryInWords}.`,
    'The key is kept in a file that its owner alone can read, `lading/credentials.json` among the settings of the user, or where LADING_CREDENTIALS says. `lading logout` gives it up.',
  ],
  flags: {
    permissions: {
      takes: '<list>',
      about: `What the key is good for at most, with commas between: ${known.join(', ')}. Whatever you may where it is not given.`,
    },
    label: { takes: '<text>', about: 'What the key is called in your list of keys.' },
    print: { about: 'Prints the key, for another program, and keeps nothing.' },
    ...(tls && { tls }),
    ...(plainHttp && { 'plain-http': plainHttp }),
    ...(caFile && { 'ca-file': caFile }),
  },
  examples: [
    'lading login registry.example.com',
    'lading login 127.0.0.1:7070 --permissions artifacts:read --print',
  ],
  async run(invocation) {
    const { values, switches, world } = invocation
    const registry = parseRegistryHost(invocation.arguments[0] ?? usualRegistry(world))
    const permissions = readPermissions(invocation)
    const client = new RegistryClient(`${registry.host}/`, {
      credentials: undefined,
      transport: readTransport(invocation, registry),
    })
    const stopping = new AbortController()
    const forget = world.onStop((reason) => stopping.abort(new Error(reason)))
    try {
      const kept = await deviceLogin(client, {
        label: values['label'] ?? `lading on ${hostname()}`,
        permissions,
        signal: stopping.signal,
        tell: (page, code) => world.err(`Open ${page}\nand let in the program that shows the code ${code}.`),
      })
      if (switches.has('print')) world.out(kept.key)
      else {
        keepKey(world, registry.host, kept)
        world.err(`You are ${kept.user} at ${registry.host}.`)
      }
      return exitCodes.done
    } catch (error) {
      if (!stopping.signal.aborted) throw error
      return exitCodes.interrupted
    } finally {
      forget()
    }
  },
}

function readPermissions({ values }: Invocation): readonly string[] {
  const list = (values['permissions'] ?? '').split(',').filter((one) => one !== '')
  const strange = list.find((one) => !isPermission(one))
  if (strange !== undefined)
    throw usageFailure(`--permissions knows no ${JSON.stringify(strange)}; there are ${known.join(', ')}`)
  return list
}
