import assert from 'node:assert/strict'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { checkInvariants } from '../../server/test/core/invariants.ts'
import { openDataFolder } from '../../server/test/kit/open-data-folder.ts'
import { freshFolder } from '../process/folder.ts'
import { runProgram } from '../process/run-program.ts'
import { type Filling, perTeam, repositoryAt, tagAt } from './filling.ts'

test('a filled folder is what pushes would have left', async () => {
  await using folder = await freshFolder()
  const data = join(folder.path, 'data')
  await mkdir(data)
  const filling: Filling = { data, repositories: 2 * perTeam + 3, tags: 3 }
  await runProgram(process.execPath, [join(import.meta.dirname, 'fill-program.ts'), JSON.stringify(filling)])
  await using opened = await openDataFolder(data, () => Date.now())
  await checkInvariants(opened.core)
  const { names, more } = await opened.registry.repositories.list(
    { kind: 'anonymous' },
    { limit: filling.repositories },
  )
  assert.deepEqual(
    names,
    Array.from({ length: filling.repositories }, (_, at) => repositoryAt(at)),
  )
  assert.equal(more, false)
  const last = repositoryAt(filling.repositories - 1)
  const { tags } = await opened.registry.tags.list(last, { limit: 10 })
  assert.deepEqual(tags, [tagAt(0), tagAt(1), tagAt(2)])
})
