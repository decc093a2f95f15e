// The library's declarations, for whoever writes TypeScript: those of its entries and of what they name, and nothing else
// of the house.
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const entries = ['library/index', 'library/engine', 'library/testing']
/** Disposal is newer than the library of types that most projects name. */
const head = '/// <reference lib="esnext.disposable" />\n'
/** Types that public ones mention and nobody outside can use: what they are is the house's own. */
const opaque = new Map([
  ['core/artifacts/read-version', 'export type ReadVersion = unknown;\n'],
  ['core/artifacts/tables', 'export type ArtifactRow = unknown;\nexport type EdgeRow = unknown;\n'],
  ['library/connection', 'export type OpenEngines = unknown;\n'],
  [
    'library/embedded',
    'export type Embedded = Record<string, unknown>;\nexport type EmbeddedBackend = object;\n',
  ],
])
const named = /(\bfrom |\bimport\(|^import )(['"])(\.[^'"]+)\.ts\2/gm

/** @param {string} folder made where it is not there */
export function declare(folder) {
  const root = resolve(folder)
  rmSync(root, { recursive: true, force: true })
  emit(root)
  for (const [name, text] of opaque) writeFileSync(join(root, `${name}.d.ts`), text)
  /** @type {Map<string, string>} */
  const wanted = new Map()
  for (const entry of entries) follow(join(root, `${entry}.d.ts`), wanted)
  for (const path of filesBelow(root)) {
    const text = wanted.get(path)
    if (text === undefined) rmSync(path)
    else writeFileSync(path, head + text.replaceAll(named, '$1$2$3.js$2'))
  }
  removeEmpty(root)
}

/** @param {string} root */
function emit(root) {
  const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc')
  const args = [tsc, '-p', join(here, 'tsconfig.declarations.json'), '--outDir', root]
  const { status, stdout, error } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  if (error !== undefined) throw error
  if (status !== 0) throw new Error(`no declarations were made:\n${stdout}`)
}

/**
 * Adds a declaration's text, and those that it names.
 * @param {string} path
 * @param {Map<string, string>} wanted
 */
function follow(path, wanted) {
  if (wanted.has(path)) return
  const text = readFileSync(path, 'utf8')
  wanted.set(path, text)
  for (const [, , , name] of text.matchAll(named)) follow(join(dirname(path), `${name}.d.ts`), wanted)
}

/** @param {string} root */
function filesBelow(root) {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}

/** @param {string} folder */
function removeEmpty(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) removeEmpty(join(folder, entry.name))
  }
  if (readdirSync(folder).length === 0) rmdirSync(folder)
}
