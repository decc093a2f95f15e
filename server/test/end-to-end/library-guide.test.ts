import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'
import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { type GuidePage, guidePage } from '../kit/guide-page.ts'
import { machineEnvironment } from '../kit/machine-environment.ts'
import { type PackedLading, packedLading } from '../kit/packed.ts'
import { type PublicNames, publicNames } from '../kit/public-names.ts'

const workspace = join(import.meta.dirname, '../../..')
const pages = ['README.md', ...globSync('docs/guide/library*.md', { cwd: workspace }).sort()]
const example = join(workspace, 'examples/store-engine')
const linesOfExample = 300
const pageDeadlineMs = 300_000

let packed: PackedLading
let env: NodeJS.ProcessEnv = {}

before(async () => {
  packed = await packedLading()
  const temporary = join(packed.folder, 'tmp')
  await mkdir(temporary)
  env = machineEnvironment(temporary)
  await writeFile(join(packed.folder, 'package.json'), '{ "private": true, "type": "module" }\n')
  for (const page of pages) await layOut(page)
})

after(async () => {
  await packed?.[Symbol.asyncDispose]()
})

const folderOf = (page: string): string => join(packed.folder, 'guide', basename(page, '.md'))

async function read(page: string): Promise<GuidePage> {
  return guidePage(await readFile(join(workspace, page), 'utf8'))
}

async function layOut(page: string): Promise<void> {
  await cp(example, folderOf(page), { recursive: true })
  await writeFile(join(folderOf(page), 'page.ts'), (await read(page)).program)
}

describe('every block of the guide to embedding runs, and prints what it says', () => {
  for (const page of pages) {
    test(page, async () => {
      const { program, prints } = await read(page)
      assert.match(program, /\S/, 'it has no code')
      const ran = spawnSync(process.execPath, ['page.ts'], {
        cwd: folderOf(page),
        env,
        encoding: 'utf8',
        timeout: pageDeadlineMs,
      })
      assert.equal(ran.stderr, '')
      assert.deepEqual(ran.stdout.split('\n').slice(0, -1), prints)
      assert.deepEqual([ran.status, ran.signal], [0, null])
    })
  }
})

test('a strict project in TypeScript compiles with the package, its declarations checked too', async () => {
  const types = join(packed.folder, 'node_modules/@types')
  await mkdir(types, { recursive: true })
  await symlink(join(workspace, 'node_modules/@types/node'), join(types, 'node'))
  await symlink(
    join(workspace, 'node_modules/undici-types'),
    join(packed.folder, 'node_modules/undici-types'),
  )
  const compilerOptions = {
    module: 'nodenext',
    target: 'es2022',
    lib: ['es2024', 'esnext.disposable'],
    types: ['node'],
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    noPropertyAccessFromIndexSignature: true,
    skipLibCheck: false,
    noEmit: true,
    allowImportingTsExtensions: true,
  }
  await writeFile(
    join(packed.folder, 'tsconfig.json'),
    JSON.stringify({ compilerOptions, include: ['guide/*/*.ts'] }),
  )
  const tsc = join(workspace, 'node_modules/.bin/tsc')
  const { stdout, status } = spawnSync(tsc, ['-p', '.'], { cwd: packed.folder, encoding: 'utf8' })
  assert.deepEqual([stdout, status], ['', 0])
})

test('nothing of the package is without an example', async () => {
  const programs = await Promise.all(pages.map(async (page) => (await read(page)).program))
  const texts = await Promise.all(pages.map((page) => readFile(join(workspace, page), 'utf8')))
  const names: PublicNames = publicNames(packed.folder)
  assert.ok(names.values.length > 40 && names.types.length > 80 && names.methods.length > 40)
  const missingFrom = (all: readonly string[], wanted: readonly string[], form: (name: string) => string) => {
    const text = all.join('\n')
    return wanted.filter((name) => !new RegExp(form(name)).test(text))
  }
  assert.deepEqual(
    missingFrom(programs, names.values, (name) => `\\b${name}\\b`),
    [],
    'values that no block uses',
  )
  assert.deepEqual(
    missingFrom(programs, names.methods, (name) => `\\.${name}\\(`),
    [],
    'methods that no block calls',
  )
  assert.deepEqual(
    missingFrom(texts, names.types, (name) => `\\b${name}\\b`),
    [],
    'types that no page names',
  )
})

test(`the example of a store engine has less than ${linesOfExample} lines`, async () => {
  const files = globSync('**/*', { cwd: example })
  const lengths = await Promise.all(
    files.map(async (file) => (await readFile(join(example, file), 'utf8')).split('\n').length - 1),
  )
  const lines = lengths.reduce((sum, length) => sum + length, 0)
  assert.ok(lines > 0 && lines < linesOfExample, `${lines} lines`)
})
