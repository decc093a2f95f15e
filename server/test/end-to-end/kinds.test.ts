import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { ask } from '../kit/http-client.ts'
import { machineEnvironment } from '../kit/machine-environment.ts'
import { type SpawnedServer, spawnServer } from '../kit/spawned-server.ts'

const launcher = join(import.meta.dirname, '../../bin/lading.js')
let root = ''
let env: NodeJS.ProcessEnv = {}

before(async () => {
  root = await mkdtemp(join(tmpdir(), 'lading-kinds-'))
  await mkdir(join(root, 'tmp'))
  env = {
    ...machineEnvironment(join(root, 'tmp')),
    LADING_LISTEN: '127.0.0.1:0',
    LADING_THREADS: '2',
    LADING_DATA: join(root, 'data'),
  }
})

after(() => rm(root, { recursive: true, force: true }))

function serve(): Promise<SpawnedServer> {
  return spawnServer(process.execPath, [launcher, 'serve'], { cwd: root, env })
}

function refusal(): string {
  const { status, stderr } = spawnSync(process.execPath, [launcher, 'serve'], {
    cwd: root,
    env,
    encoding: 'utf8',
  })
  assert.notEqual(status, 0)
  return stderr
}

async function configure(names: readonly string[], schema: unknown = { type: 'object' }): Promise<void> {
  await writeFile(join(root, 'own.schema.json'), JSON.stringify(schema))
  const kinds = names.map((name) => ({ name, schema: './own.schema.json' }))
  await writeFile(join(root, 'lading.yaml'), JSON.stringify({ kinds }))
}

async function push(url: string, repository: string): Promise<number> {
  const path = `/v2/${repository}/manifests/latest`
  const type = 'application/vnd.oci.image.index.v1+json'
  const body = JSON.stringify({ schemaVersion: 2, mediaType: type, manifests: [] })
  return (await ask(url, { method: 'PUT', path, body, headers: { 'content-type': type } })).status
}

test('a kind of one’s own stands before namespaces on every thread, and a start that would read a path another way is refused', async () => {
  await configure(['recipe'])
  {
    using server = await serve()
    const statuses = await Promise.all(Array.from({ length: 12 }, () => push(server.url, 'recipe/pie')))
    assert.deepEqual([...new Set(statuses)], [400])
    assert.equal(await push(server.url, 'recipe/acme/pie'), 201)
    assert.equal(await push(server.url, 'taken/pie'), 201)
  }
  await configure([])
  assert.match(refusal(), /there are artifacts of the kind recipe, which is not configured/)
  await configure(['recipe', 'taken'])
  assert.match(
    refusal(),
    /the kind taken cannot be added: there are repositories in a namespace of this name \(taken\/pie\)/,
  )
  await configure(['recipe'], { properties: { a: { type: 'objekt' } } })
  assert.match(
    refusal(),
    /the kind recipe cannot be used: its schema cannot be used: \/properties\/a\/type: it is none of .+did you mean object\?.+Mend .+own\.schema\.json/,
  )
  await configure(['model'])
  assert.match(refusal(), /model is reserved for Lading itself; choose another name/)
  await configure(['recipe'])
  using server = await serve()
  assert.equal(await push(server.url, 'recipe/acme/pie'), 201)
})
