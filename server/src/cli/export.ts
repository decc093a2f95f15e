import { resolve } from 'node:path'
import type { Digest } from '../domain/digest.ts'
import { parseRepositoryName } from '../domain/repository-name.ts'
import { parseTagOrDigest, type Tag } from '../domain/tag.ts'
import { type Command, exitCodes, jsonFlag } from './command.ts'
import { dataFlags } from './data-flags.ts'
import { operate } from './operate.ts'
import { parsedArgument } from './parsed-argument.ts'
import { counted, mebibytes } from './shown-size.ts'

export const exportCommand: Command = {
  name: 'export',
  summary: 'Writes a repository as an OCI image layout',
  takes: ['<repository>', '<path>', '[reference...]'],
  completes: 'files',
  about: [
    'All tags, or those and the digests that are named, with everything that they need and with what speaks of them, such as signatures. The path is that of a new folder, or of a new file whose name ends on .tar. Other tools read it as oci:<path> or oci-archive:<path>.',
    'Where a server runs, it writes the path, with the rights of its user.',
  ],
  flags: { ...dataFlags, ...jsonFlag },
  examples: ['lading export acme/app ./app', 'lading export acme/app /tmp/app.tar v1 v2'],
  async run(invocation) {
    const {
      arguments: [name = '', path = '', ...references],
      world,
      switches,
    } = invocation
    const to = resolve(world.input.cwd, path)
    const options = {
      repository: parsedArgument(name, parseRepositoryName),
      references: references.map((text) => parsedArgument(text, readReference)),
      to,
    }
    const report = await operate(invocation, (operator) => operator.export, options)
    if (switches.has('json')) world.out(JSON.stringify(report, null, 2))
    else {
      const { tags, manifests, referrers, blobs, bytes, absent } = report
      for (const digest of absent) world.out(`not in the repository, and left out: ${digest}`)
      const speaking = referrers > 0 ? ` (${referrers} of which speak of others)` : ''
      world.out(
        `${to} has ${counted(tags, 'tag')}, ${counted(manifests, 'manifest')}${speaking} and ${counted(blobs, 'blob')}: ${mebibytes(bytes)}`,
      )
    }
    return exitCodes.done
  },
}

function readReference(text: string): Tag | Digest {
  const read = parseTagOrDigest(text)
  return read.kind === 'tag' ? read.tag : read.digest
}
