import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { test } from 'node:test'
import { searchCheck } from '../../../src/cli/doctor/search.ts'
import { patientWith, told } from './patient.ts'

const opensearch = (port: number) =>
  patientWith({
    'search-engine': 'opensearch',
    'search-url': `http://127.0.0.1:${port}`,
    'search-username': 'ada',
    'search-password': 'secret',
  })

test('of the registry’s own index it is told where it is, and where nothing is searched that', async () => {
  assert.deepEqual(await told(searchCheck, patientWith()), [
    'ok: artifacts are found by the registry’s own index, as configured, in the folder search of the data folder',
  ])
  const [beside = ''] = await told(
    searchCheck,
    patientWith({ 'store-url': 'postgres://ada:secret@db.example/lading' }),
  )
  assert.match(
    beside,
    /^ok: artifacts are found by the registry’s own index, as configured, beside the records in .*db\.example/,
  )
  assert.doesNotMatch(beside, /secret/)
  assert.deepEqual(await told(searchCheck, patientWith({ 'search-engine': 'none' })), [
    'ok: nothing is searched with, as configured: search.engine is none',
  ])
})

test('a server that searches and is away, or silent, is a warning without its password', async (t) => {
  const silent = createServer((socket) => socket.on('error', () => {}))
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
  t.after(() => silent.close())
  const { port } = silent.address() as { port: number }
  const [late = ''] = await told(searchCheck, opensearch(port))
  assert.match(late, new RegExp(`^warning: opensearch at 127.0.0.1:${port} cannot be used: `))
  silent.close()
  const [away = ''] = await told(searchCheck, opensearch(1))
  assert.match(away, /^warning: opensearch at 127.0.0.1:1 cannot be used: /)
  assert.doesNotMatch(late + away, /secret/)
})
