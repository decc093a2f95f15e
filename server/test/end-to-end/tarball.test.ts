import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { builtinModules } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { makeImage } from '../../../conformance/kit/image.ts'
import { assertServes } from '../../../conformance/kit/registry-reader.ts'
import { machineEnvironment } from '../kit/machine-environment.ts'
import { type PackedLading, packedLading } from '../kit/packed.ts'
import { pushImage } from '../kit/push-image.ts'
import { spawnServer } from '../kit/spawned-server.ts'

/**
 * Two programs and the library, each with the engines of several machines and of searching, and with accounts, rights and ways
 * in, which are half a megabyte in each; and what they share: titles of other scripts and common passwords alone take a megabyte.
 */
const mostBytes = 9 * 1024 * 1024
/**
 * What speaks to databases, caches, buckets, search and mail servers, and what reads the certificates of passkeys, each read by
 * those alone who use it; one takes 1.3 MB.
 */
const mostDriverBytes = 5 * 1024 * 1024
/** Two programs share what they read when it is wanted: a file each. */
const mostFiles = { code: 100, declarations: 100 }

let packed: PackedLading
let root = ''
let env: NodeJS.ProcessEnv = {}

before(async () => {
  root = await mkdtemp(join(tmpdir(), 'lading-tarball-'))
  await mkdir(join(root, 'tmp'))
  env = machineEnvironment(join(root, 'tmp'))
  packed = await packedLading()
})

after(async () => {
  await packed?.[Symbol.asyncDispose]()
  await rm(root, { recursive: true, force: true })
})

const inPackage = (entry: string): string => join(packed.folder, 'node_modules/lading', entry)

test('the tarball is small, and has neither maps nor anything of the tests', async (t) => {
  const bytesOf = async (entries: readonly string[]): Promise<number> => {
    const sizes = await Promise.all(entries.map(async (entry) => (await stat(inPackage(entry))).size))
    return sizes.reduce((sum, size) => sum + size, 0)
  }
  const isDriver = (entry: string): boolean => entry.startsWith('dist/run/driver-')
  const bytes = await bytesOf(packed.entries.filter((entry) => !isDriver(entry)))
  const driverBytes = await bytesOf(packed.entries.filter(isDriver))
  const kib = (size: number): string => `${(size / 1024).toFixed(0)} KiB`
  t.diagnostic(`${packed.entries.length} files, ${kib(bytes)}, and drivers of ${kib(driverBytes)}`)
  const declarations = packed.entries.filter((entry) => entry.endsWith('.d.ts'))
  assert.ok(bytes < mostBytes, kib(bytes))
  assert.ok(driverBytes < mostDriverBytes, kib(driverBytes))
  assert.ok(declarations.length < mostFiles.declarations)
  assert.ok(packed.entries.length - declarations.length < mostFiles.code)
  const strange =
    /\.map$|\.tsx?$(?<!\.d\.ts)|\.test\.|(?:^|\/)(?:tests?|fixtures|conformance)\/|suite(?!.*\.d\.ts$)/
  assert.deepEqual(
    packed.entries.filter((entry) => strange.test(entry)),
    [],
  )
})

test('the programs of the tarball import what is installed with them, and name no file of where they were made', async () => {
  const manifest = JSON.parse(await readFile(inPackage('package.json'), 'utf8'))
  const installed = new Set([...builtinModules, ...Object.keys(manifest.dependencies)])
  const strange: string[] = []
  let named = 0
  for (const entry of packed.entries.filter((path) => path.startsWith('dist/') && path.endsWith('.js'))) {
    const text = await readFile(inPackage(entry), 'utf8')
    if (text.includes('sourceMappingURL')) strange.push(`${entry}: its source map`)
    for (const [, name = ''] of text.matchAll(
      /(?:^import .*?|^} from |\bimport\(|__require\w*\(|\)\()["']([^"'\n]+)["']/gm,
    )) {
      named++
      const isBeside = name.startsWith('./') && packed.entries.includes(join(entry, '..', name))
      if (!isBeside && !name.startsWith('node:') && !installed.has(name)) strange.push(`${entry}: ${name}`)
    }
    for (const part of [process.cwd(), 'lading-packed-', '../../..']) {
      if (text.includes(part)) strange.push(`${entry}: ${part}`)
    }
  }
  assert.deepEqual(strange, [])
  assert.ok(named > 50, `only ${named} were found`)
})

test('npx lading tells what it is, what it can and how it is set', () => {
  const npx = (...args: string[]): string => {
    const ran = spawnSync('npx', ['--no-install', 'lading', ...args], {
      cwd: packed.folder,
      env,
      encoding: 'utf8',
    })
    assert.equal(ran.status, 0, ran.stderr)
    return ran.stdout
  }
  const help = npx('--help')
  for (const command of ['serve', 'config', 'passwd', 'tag history', 'version'])
    assert.match(help, new RegExp(command))
  assert.match(npx('version'), /^lading 0\.4\.0 /)
  const config = JSON.parse(npx('config', '--json'))
  assert.match(JSON.stringify(config), /127\.0\.0\.1:7070/)
})

test('the installed package serves: an image goes in and comes out, also where Node reads no TypeScript', async () => {
  const image = makeImage([100, 5 * 1024 * 1024])
  const serve = ['serve', '--listen', '127.0.0.1:0', '--data', join(root, 'data')]
  {
    // The program itself: a signal to npx would end npx alone.
    const program = join(packed.folder, 'node_modules/.bin/lading')
    using server = await spawnServer(program, serve, { cwd: packed.folder, env })
    await pushImage(server.url, 'acme/app', 'v1', image)
    await assertServes(server.url, 'acme/app', 'v1', image)
    await server.end('SIGTERM')
  }
  using bare = await spawnServer(process.execPath, ['--no-strip-types', packed.bin, ...serve], {
    cwd: packed.folder,
    env,
  })
  await assertServes(bare.url, 'acme/app', 'v1', image)
  const second = makeImage()
  await pushImage(bare.url, 'acme/app', 'v2', second)
  await assertServes(bare.url, 'acme/app', 'v2', second)
  assert.deepEqual(
    { ...(await bare.end('SIGTERM')), milliseconds: 0 },
    { code: 0, signal: null, milliseconds: 0 },
  )
})
