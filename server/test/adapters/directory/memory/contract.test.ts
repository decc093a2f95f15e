import { describe, test } from 'node:test'
import { openMemoryDirectory } from '../../../../src/adapters/directory/memory/open-memory-directory.ts'
import { directoryContract } from '../../../../src/ports/directory/suite.ts'

describe('memory', () => {
  const contract = directoryContract({
    can: { update: true },
    start: async () => {
      const files = new Map<string, Uint8Array>()
      const open = async () => openMemoryDirectory(files)
      return { writer: open, reader: open, directory: open, [Symbol.asyncDispose]: async () => {} }
    },
  })
  for (const { name, run } of contract) test(name, run)
})
