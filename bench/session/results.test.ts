import assert from 'node:assert/strict'
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { freshFolder } from '../process/folder.ts'
import { type Circumstances, type Results, readResults, writeResults } from './results.ts'

const circumstances: Circumstances = {
  suite: 'oci',
  seconds: 3,
  versions: { lading: 'source 1234567' },
  machine: { node: 'v26.0.0' },
}
const results: Results = {
  circumstances,
  rows: {
    row: {
      absent: { zot: 'missing: build it' },
      rounds: [{ at: 'now', load: 0.5, loadAfter: 0.6, values: { lading: { rate: 1 } } }],
    },
  },
}

test('what was written is read, for the same circumstances', async () => {
  await using folder = await freshFolder()
  const path = join(folder.path, 'deep/results.json')
  assert.equal(await readResults(path, circumstances), undefined)
  await writeResults(path, results)
  assert.deepEqual(await readResults(path, structuredClone(circumstances)), results)
  assert.deepEqual(await readdir(join(folder.path, 'deep')), ['results.json'])
})

test('rounds of another source, machine, peer or time are not taken', async () => {
  await using folder = await freshFolder()
  const path = join(folder.path, 'results.json')
  await writeResults(path, results)
  const others: Circumstances[] = [
    { ...circumstances, seconds: 1 },
    { ...circumstances, versions: { lading: 'source 7654321' } },
    { ...circumstances, versions: { ...circumstances.versions, zot: '2.1.20' } },
    { ...circumstances, machine: { node: 'v27.0.0' } },
  ]
  for (const other of others) assert.equal(await readResults(path, other), undefined)
})

test('a file that is no JSON is told, not forgotten', async () => {
  await using folder = await freshFolder()
  const path = join(folder.path, 'results.json')
  await writeFile(path, '{"circ')
  await assert.rejects(readResults(path, circumstances), SyntaxError)
})
