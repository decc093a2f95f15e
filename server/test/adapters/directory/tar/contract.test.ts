import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { openTarReader } from '../../../../src/adapters/directory/tar/open-tar-reader.ts'
import { openTarWriter } from '../../../../src/adapters/directory/tar/open-tar-writer.ts'
import { directoryContract } from '../../../../src/ports/directory/suite.ts'

describe('tar', () => {
  const contract = directoryContract({
    can: { update: false },
    start: async () => {
      const root = await mkdtemp(join(tmpdir(), 'lading-tar-'))
      const archive = join(root, 'a.tar')
      return {
        writer: async () => openTarWriter(archive),
        reader: () => openTarReader(archive, new AbortController().signal),
        [Symbol.asyncDispose]: () => rm(root, { recursive: true }),
      }
    },
  })
  for (const { name, run } of contract) test(name, run)
})
