import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { parse } from 'yaml'
import { runProgram } from '../../../../conformance/kit/run-program.ts'
import { installedTool } from '../../../../conformance/kit/tool.ts'
import { loadConfig } from '../../../src/config/load-config.ts'

const compose = installedTool('docker-compose')
const deploy = join(import.meta.dirname, '../../../../deploy')
const secrets = { POSTGRES_PASSWORD: 'a1b2', S3_SECRET_ACCESS_KEY: 'c3d4' }

interface Service {
  readonly image: string
  readonly stop_grace_period?: string
  readonly environment?: Readonly<Record<string, string>>
  readonly volumes?: readonly string[]
  readonly ports?: readonly (string | { readonly published: number })[]
  readonly healthcheck?: { readonly test: readonly string[] }
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>
}

/** As the program sees it with the example's settings and these secrets. */
async function config(
  given: Readonly<Record<string, string>>,
): Promise<{ code: number; stdout: string; stderr: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'lading-compose-'))
  try {
    const example = await readFile(join(deploy, 'example.env'), 'utf8')
    const lines = Object.entries(given).reduce(
      (text, [name, value]) => text.replace(new RegExp(`^${name}=.*$`, 'm'), () => `${name}=${value}`),
      example,
    )
    await writeFile(join(folder, '.env'), lines)
    const args = ['-f', join(deploy, 'compose.yaml'), '--env-file', join(folder, '.env'), 'config']
    return await runProgram(compose.path, args, { cwd: folder, env: { HOME: folder } })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

test('Compose takes the file: two Ladings on the same servers, each of which is checked and keeps what it has', {
  skip: compose.skip,
}, async () => {
  const { code, stdout, stderr } = await config(secrets)
  assert.equal(code, 0, stderr)
  const { services, volumes } = parse(stdout) as {
    services: Readonly<Record<string, Service>>
    volumes: Readonly<Record<string, unknown>>
  }
  assert.deepEqual(Object.keys(services).sort(), [
    'lading-1',
    'lading-2',
    'nginx',
    'postgresql',
    'redis',
    's3',
  ])
  const of = (name: string): Service => services[name] as Service
  assert.deepEqual(of('lading-1').environment, of('lading-2').environment)
  assert.deepEqual(
    [of('lading-1').volumes, of('lading-2').volumes],
    [['lading-1:/data:rw'], ['lading-2:/data:rw']],
  )
  for (const [name, { healthcheck }] of Object.entries(services)) assert.ok(healthcheck, `${name} is checked`)
  assert.deepEqual(Object.keys(volumes).sort(), ['lading-1', 'lading-2', 'postgresql', 's3'])
  assert.deepEqual(of('lading-1').depends_on, {
    postgresql: { condition: 'service_healthy' },
    s3: { condition: 'service_healthy' },
  })
  for (const name of ['lading-1', 'postgresql', 'redis', 's3']) assert.equal(of(name).ports, undefined, name)
  for (const name of ['postgresql', 's3', 'lading-1'])
    assert.match(JSON.stringify(of(name).environment), /a1b2|c3d4/, `${name} has its secret`)
})

test('what it tells Lading is a configuration without mistakes', { skip: compose.skip }, async () => {
  const { services } = parse((await config(secrets)).stdout) as { services: Record<string, Service> }
  const { environment = {}, stop_grace_period: patience = '' } = services['lading-1'] as Service
  const readFile = (): never => {
    throw Object.assign(new Error('there is no file'), { code: 'ENOENT' })
  }
  // As the image sets them.
  const image = { LADING_LISTEN: '0.0.0.0:7070', LADING_DATA: '/data' }
  const loaded = loadConfig({ flags: {}, env: { ...image, ...environment }, cwd: '/data', readFile })
  assert.ok('config' in loaded, JSON.stringify(loaded))
  const { store, blobs, cache, limits } = loaded.config
  assert.equal(new URL(store.url ?? '').hostname, 'postgresql')
  assert.deepEqual([blobs.bucket, blobs.endpoint, blobs.pathStyle], ['lading', 'http://s3:9000', true])
  assert.equal(new URL(cache.redis ?? '').hostname, 'redis')
  assert.match(patience, /^(60s|1m0s)$/)
  assert.ok(limits.shutdownDelay > 0 && limits.shutdownDelay + limits.shutdownGrace < 60_000)
})

test('whom it gives the first account comes to Lading as it was written', {
  skip: compose.skip,
}, async () => {
  const passwordHash =
    '$scrypt$ln=15,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8'
  const written = JSON.stringify({ name: 'root', passwordHash })
  const { code, stdout, stderr } = await config({ ...secrets, LADING_ACCESS_ADMINISTRATOR: `'${written}'` })
  assert.equal(code, 0, stderr)
  const { services } = parse(stdout) as { services: Record<string, Service> }
  // Shown in the form of its own files, in which a $ is doubled.
  const shown = services['lading-2']?.environment?.['LADING_ACCESS_ADMINISTRATOR']
  assert.equal(
    shown?.replaceAll('$$', () => '$'),
    written,
  )
})

test('a secret that is missing is named before anything starts', { skip: compose.skip }, async () => {
  for (const name of Object.keys(secrets)) {
    const { code, stderr } = await config({ ...secrets, [name]: '' })
    assert.notEqual(code, 0)
    assert.match(stderr, new RegExp(name))
  }
})
