import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { ask } from '../kit/http-client.ts'
import { machineEnvironment } from '../kit/machine-environment.ts'
import { type SpawnedServer, spawnServer } from '../kit/spawned-server.ts'
import { until } from '../kit/until.ts'

const launcher = join(import.meta.dirname, '../../bin/lading.js')
let root = ''
let index = ''

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'lading-search-'))
  await mkdir(join(root, 'tmp'))
  index = join(root, 'data', 'search')
})

afterEach(() => rm(root, { recursive: true, force: true }))

function serve(): Promise<SpawnedServer> {
  const args = [launcher, 'serve', '--listen', '127.0.0.1:0', '--data', join(root, 'data')]
  return spawnServer(process.execPath, args, { cwd: root, env: machineEnvironment(join(root, 'tmp')) })
}

async function push(url: string, repository: string): Promise<void> {
  const type = 'application/vnd.oci.image.index.v1+json'
  const body = JSON.stringify({ schemaVersion: 2, mediaType: type, manifests: [] })
  const path = `/v2/${repository}/manifests/latest`
  assert.equal((await ask(url, { method: 'PUT', path, body, headers: { 'content-type': type } })).status, 201)
}

/** Until the index is there: it is asked again by whoever waits. */
async function untilFound(url: string, names: readonly string[]): Promise<void> {
  await until(async () => {
    const { status, body } = await ask(url, { path: '/api/v1/search?q=bakery&sort=name' })
    if (status !== 200) return false
    const { hits, engine } = JSON.parse(String(body)) as {
      hits: { artifact: { slug: string } }[]
      engine: string
    }
    assert.equal(engine, 'sqlite')
    return JSON.stringify(hits.map(({ artifact }) => artifact.slug)) === JSON.stringify(names)
  })
}

const current = (): Promise<string> => readFile(join(index, 'current'), 'utf8')

test('what was pushed is found, by the same index after a start, and by another one where that was lost or damaged', async () => {
  let first = ''
  {
    using server = await serve()
    await push(server.url, 'bakery/pie')
    await untilFound(server.url, ['pie'])
    first = await current()
    await server.end('SIGTERM')
  }
  {
    using server = await serve()
    await push(server.url, 'bakery/tart')
    await untilFound(server.url, ['pie', 'tart'])
    assert.equal(await current(), first)
    await server.end('SIGTERM')
  }
  await writeFile(join(index, first), 'no database '.repeat(999))
  {
    using server = await serve()
    await untilFound(server.url, ['pie', 'tart'])
    assert.notEqual(await current(), first)
    assert.ok(!(await readdir(index)).includes(first))
    await server.end('SIGTERM')
  }
  await rm(index, { recursive: true })
  using server = await serve()
  await untilFound(server.url, ['pie', 'tart'])
})
