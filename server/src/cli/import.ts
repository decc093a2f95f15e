import { resolve } from 'node:path'
import { parseRepositoryName } from '../domain/repository-name.ts'
import { parseTag } from '../domain/tag.ts'
import { type Command, exitCodes, jsonFlag } from './command.ts'
import { dataFlags } from './data-flags.ts'
import { operate } from './operate.ts'
import { parsedArgument } from './parsed-argument.ts'
import { counted, mebibytes } from './shown-size.ts'

export const importCommand: Command = {
  name: 'import',
  summary: 'Pushes what an OCI image layout holds into a repository',
  takes: ['<path>', '<repository>'],
  completes: 'files',
  about: [
    'The path is that of a folder, or of a file whose name ends on .tar, as `lading export`, skopeo, crane and others write them. It is a push like any other: quotas and immutable tags hold, what the repository has already is passed over, and one that was interrupted goes on when it is started again.',
    'Where a server runs, it reads the path, with the rights of its user.',
  ],
  flags: {
    ...dataFlags,
    tag: {
      takes: '<tag>',
      about: 'What the one image of the layout is called, whatever it is called there.',
    },
    ...jsonFlag,
  },
  examples: ['lading import ./app acme/app', 'lading import /tmp/app.tar acme/app --tag v1'],
  async run(invocation) {
    const {
      arguments: [path = '', name = ''],
      values,
      world,
      switches,
    } = invocation
    const { tag } = values
    const options = {
      from: resolve(world.input.cwd, path),
      repository: parsedArgument(name, parseRepositoryName),
      ...(tag === undefined ? {} : { tag: parsedArgument(tag, parseTag) }),
    }
    const report = await operate(invocation, (operator) => operator.import, options)
    if (switches.has('json')) world.out(JSON.stringify(report, null, 2))
    else {
      const { tags, manifests, blobs, bytes, present, otherNames } = report
      for (const other of otherNames)
        world.out(`no tag can be called ${JSON.stringify(other)}: it is there by its digest`)
      world.out(
        `${name} has got ${counted(manifests, 'manifest')} and ${counted(blobs, 'blob')} (${mebibytes(bytes)}); ${present} were there already`,
      )
      if (tags.length > 0) world.out(`Tags: ${tags.join(', ')}`)
    }
    return exitCodes.done
  },
}
