import assert from 'node:assert/strict'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { freshFolder } from '../../process/folder.ts'
import { once } from './filled-place.ts'
import { hashOfSources } from './hash-of-sources.ts'

test('what was made is kept, and made anew under another mark', async () => {
  await using folder = await freshFolder()
  let times = 0
  const make = (name: string) => async (): Promise<{ readonly times: number }> => {
    await mkdir(join(folder.path, name))
    return { times: ++times }
  }
  assert.deepEqual(await once(folder.path, 'engine-1', make('engine-1')), { times: 1 })
  assert.deepEqual(await once(folder.path, 'engine-1', make('engine-1')), { times: 1 })
  await once(folder.path, 'other-1', make('other-1'))
  assert.deepEqual(await once(folder.path, 'engine-2', make('engine-2')), { times: 3 })
  const left = ['engine-2', 'engine-2.json', 'other-1', 'other-1.json']
  assert.deepEqual((await readdir(folder.path)).sort(), left)
})

test('what was interrupted goes, and what failed is tried again', async () => {
  await using folder = await freshFolder()
  await writeFile(join(folder.path, 'engine-1'), 'half')
  const failing = once(folder.path, 'engine-1', () => Promise.reject(new Error('no room')))
  await assert.rejects(failing, /no room/)
  assert.deepEqual(await readdir(folder.path), [])
  assert.deepEqual(await once(folder.path, 'engine-1', async () => ({ made: true })), { made: true })
})

test('sources have a mark of all their files, and of what is told besides', async () => {
  const [one, same, more, other] = await Promise.all([
    hashOfSources(['bench/search/filling']),
    hashOfSources(['bench/search/filling']),
    hashOfSources(['bench/search/filling'], 'texts'),
    hashOfSources(['bench/search/filling/filled-place.ts']),
  ])
  assert.match(one, /^[0-9a-f]{8}$/)
  assert.equal(one, same)
  assert.equal(new Set([one, more, other]).size, 3)
  await assert.rejects(hashOfSources(['bench/search/gone']), { code: 'ENOENT' })
})
