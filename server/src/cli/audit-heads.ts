import { type Command, exitCodes, jsonFlag } from './command.ts'
import { dataFlags } from './data-flags.ts'
import { withOperator } from './operate.ts'

const shownHeads = 10
const writtenHeads = 1000

export const auditHeads: Command = {
  name: 'audit heads',
  summary: 'Prints the signed heads of the audit log, and the public key',
  takes: [],
  about: [
    'Kept elsewhere, they show later whether the log is still that one: `lading audit verify --expect <entry>:<hash>`. The newest comes first.',
  ],
  flags: { ...dataFlags, ...jsonFlag },
  examples: ['lading audit heads', 'lading audit heads --json > heads.json'],
  async run(invocation) {
    const { world, switches } = invocation
    const isJson = switches.has('json')
    const { key, heads } = await withOperator(invocation, ({ audit }) =>
      audit.heads(isJson ? writtenHeads : shownHeads),
    )
    if (isJson) world.out(JSON.stringify({ key, heads }, null, 2))
    else {
      for (const { number, last, hash, at } of heads)
        world.out(`${new Date(at).toISOString()}  head ${number}  ${last}:${hash}`)
      world.out(`Signed with the key ${key.id} (${key.algorithm}):`)
      world.out(key.publicKey.trimEnd())
    }
    return exitCodes.done
  },
}
