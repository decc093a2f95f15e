import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { openFolderDirectory } from '../../../../src/adapters/directory/filesystem/open-folder-directory.ts'
import { directoryContract } from '../../../../src/ports/directory/suite.ts'

describe('filesystem', () => {
  const contract = directoryContract({
    can: { update: true },
    start: async () => {
      const root = await mkdtemp(join(tmpdir(), 'lading-directory-'))
      const open = async () => openFolderDirectory(join(root, 'made/when/written'))
      return {
        writer: open,
        reader: open,
        directory: open,
        [Symbol.asyncDispose]: () => rm(root, { recursive: true }),
      }
    },
  })
  for (const { name, run } of contract) test(name, run)
})
