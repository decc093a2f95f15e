import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { machineEnvironment } from '../kit/machine-environment.ts'
import { type PackedLading, packedLading } from '../kit/packed.ts'

/** The first Node that the library takes. */
const needed = [24, 11] as const
const entries = ['lading', 'lading/engine', 'lading/testing']

let packed: PackedLading
let env: NodeJS.ProcessEnv = {}

before(async () => {
  packed = await packedLading()
  const temporary = join(packed.folder, 'tmp')
  await mkdir(temporary)
  env = machineEnvironment(temporary)
})

after(async () => {
  await packed?.[Symbol.asyncDispose]()
})

function run(node: string, program: string, ...options: string[]) {
  const args = [...options, '--input-type=module', '--eval', program]
  return spawnSync(node, args, { cwd: packed.folder, env, encoding: 'utf8' })
}

const inPackage = (entry: string): Promise<string> =>
  readFile(join(packed.folder, 'node_modules/lading', entry), 'utf8')

const pretending = (version: string): string =>
  `data:text/javascript,Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } })`

test('a Node that is too old is told which one is needed, by every entry', () => {
  const loaded = (
    entry: string,
    version: string,
  ): { readonly status: number | null; readonly stderr: string } =>
    run(process.execPath, `await import('${entry}')`, `--import=${pretending(version)}`)
  for (const entry of entries) {
    const { status, stderr } = loaded(entry, '22.23.3')
    assert.equal(status, 1, entry)
    assert.match(stderr, /The library lading needs Node 24\.11 or later, and this is Node 22\.23\.3\./)
  }
  assert.equal(loaded('lading/engine', '24.10.9').status, 1)
  for (const version of ['24.11.0', '26.0.0', '100.0.0']) {
    const { status, stderr } = loaded('lading/engine', version)
    assert.equal(status, 0, stderr)
  }
})

test('on the Node of this machine it works or says which one it needs, whatever that Node lacks', () => {
  const [major = 0, minor = 0] = spawnSync('node', ['--version'], { env, encoding: 'utf8' })
    .stdout.slice(1)
    .split('.')
    .map(Number)
  const { status, stderr } = run(
    'node',
    `import { SQLiteBackend, unwrap } from 'lading'
    const backend = new SQLiteBackend({ filename: ':memory:' })
    unwrap(await backend.connect())
    unwrap(await backend.create({ type: 'skill', source: 'a', metadata: { name: 'Ä' } }))
    unwrap(await backend.disconnect())`,
  )
  if (major > needed[0] || (major === needed[0] && minor >= needed[1])) assert.equal(status, 0, stderr)
  else {
    assert.equal(status, 1)
    assert.match(stderr, /The library lading needs Node 24\.11 or later, and this is Node \d/)
  }
})

test('an error is of one class, by whichever entry it came', () => {
  const { status, stderr } = run(
    process.execPath,
    `import assert from 'node:assert'
    import { StoreError } from 'lading'
    import { refused } from 'lading/engine'
    assert.ok(refused('no') instanceof StoreError)`,
  )
  assert.equal(status, 0, stderr)
})

test('who keeps artifacts in memory loads neither SQLite nor the suites', () => {
  const { status, stderr } = run(
    process.execPath,
    `import { MemoryBackend, unwrap } from 'lading'
    import assert from 'node:assert'
    const backend = new MemoryBackend()
    unwrap(await backend.connect())
    unwrap(await backend.create({ type: 'skill', source: 'a', metadata: { name: 'a' } }))
    unwrap(await backend.disconnect())
    assert.ok(!process.moduleLoadList.some((name) => /sqlite/.test(name)))`,
  )
  assert.deepEqual([status, stderr], [0, ''])
})

test('the programs of the server have nothing of the library, and nothing but its entries can be imported', async () => {
  for (const program of ['main', 'serving-thread']) {
    const text = await inPackage(`dist/run/${program}.js`)
    assert.ok(text.length > 500_000, `${program} is not what it was`)
    assert.doesNotMatch(text, /RegistryManager|SQLiteBackend|storeContract/)
    assert.doesNotMatch(text, /from "\.\/(?:index|engine|testing|part-)/)
  }
  for (const inside of [
    'lading/dist/run/index.js',
    'lading/library/index',
    'lading/dist/types/library/index.js',
  ]) {
    const { status, stderr } = run(process.execPath, `await import('${inside}')`)
    assert.equal(status, 1)
    assert.match(stderr, /ERR_PACKAGE_PATH_NOT_EXPORTED/)
  }
})

test('the declarations lead nowhere that is not packed, and are no more than is led to', async () => {
  const declared = packed.entries.filter((entry) => entry.endsWith('.d.ts'))
  const led = new Set<string>()
  for (const entry of declared) {
    const text = await inPackage(entry)
    assert.doesNotMatch(text, /\.ts'/, entry)
    for (const [, name = ''] of text.matchAll(/(?:from |import\(|import )'(\.[^']+)\.js'/g))
      led.add(join(entry, '..', `${name}.d.ts`))
  }
  const { exports } = JSON.parse(await inPackage('package.json'))
  for (const entry of ['.', './engine', './testing']) led.add(join(exports[entry].types))
  assert.deepEqual([...led].sort(), declared)
})
