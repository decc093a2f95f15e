import { clientFlags } from './client-flags.ts'
import { type Command, exitCodes } from './command.ts'
import { keepKey, keptKey } from './credentials-file.ts'
import { Failure } from './failure.ts'
import { RegistryClient } from './registry-client.ts'
import { parseRegistryHost } from './registry-host.ts'
import { readTransport } from './transport.ts'
import { usualRegistry, usualRegistryInWords } from './usual-registry.ts'

const { tls, 'plain-http': plainHttp, 'ca-file': caFile } = clientFlags

export const logout: Command = {
  name: 'logout',
  summary: 'Gives up the key that lading login has got',
  takes: ['[registry]'],
  about: [
    `The registry takes the key back, and it is removed from this machine in any case. \`[registry]\` is host[:port], as it was said to \`lading login\`; ${usualRegistryInWords}.`,
  ],
  flags: {
    ...(tls && { tls }),
    ...(plainHttp && { 'plain-http': plainHttp }),
    ...(caFile && { 'ca-file': caFile }),
  },
  examples: ['lading logout registry.example.com'],
  async run(invocation) {
    const { world } = invocation
    const registry = parseRegistryHost(invocation.arguments[0] ?? usualRegistry(world))
    const kept = keptKey(world, registry.host)
    if (kept === undefined) throw new Failure(`nobody is logged in at ${registry.host}`)
    const client = new RegistryClient(`${registry.host}/api/v1/`, {
      credentials: { user: kept.user, password: kept.key },
      transport: readTransport(invocation, registry),
    })
    const path = `me/keys/${encodeURIComponent(kept.id)}`
    try {
      const { status } = await client.send({ method: 'DELETE', path, expect: 'all' })
      // By 401 it says that the key is good for nothing already.
      if (status !== 204 && status !== 401)
        throw new Failure(
          `${registry.host} has not taken the key back (it answers ${status}): revoke it in your list of keys`,
        )
    } finally {
      keepKey(world, registry.host, undefined)
    }
    world.err(`You are logged out at ${registry.host}.`)
    return exitCodes.done
  },
}
