// The programs that an installed Lading runs: one file for each thread, with the packages that it
// needs within. A start that opens hundreds of small files takes twice as long, and keeps 20 MB more in memory.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const server = join(dirname(fileURLToPath(import.meta.url)), '..')
/** They find each other by their names, beside one another. */
const programs = [
  'cli/main',
  'boot/threads/serving-thread',
  'adapters/blobs/folder/hash-on-thread',
  'adapters/store/sqlite/writer-thread',
  'adapters/store/sqlite/reader-thread',
  'adapters/store/sqlite/snapshot-thread',
]
const requireForPackages =
  "import { createRequire as createRequireOf } from 'node:module'; const require = createRequireOf(import.meta.url);"

/** @param {string} folder made where it is not there */
export async function bundle(folder) {
  const { metafile } = await build({
    entryPoints: Object.fromEntries(programs.map((path) => [basename(path), join('src', `${path}.ts`)])),
    absWorkingDir: server,
    outdir: resolve(folder),
    // What stands in the programs are paths of the checkout, wherever its packages really are.
    preserveSymlinks: true,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node26',
    charset: 'utf8',
    banner: { js: requireForPackages },
    metafile: true,
    logLevel: 'warning',
  })
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'LICENSES'), licences(Object.keys(metafile.inputs)))
}

/**
 * What the licences of bundled packages want to go with them.
 * @param {readonly string[]} inputs paths of files
 */
function licences(inputs) {
  const packages = new Set(inputs.map((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0]))
  const texts = [...packages]
    .filter((path) => path !== undefined)
    .map((path) => licenceOf(join(server, path)))
  return `The programs in this folder contain these packages.\n\n${texts.sort().join('\n')}`
}

/** @param {string} folder */
function licenceOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry))
  if (file === undefined) throw new Error(`${name} has no licence file`)
  return `${name} ${version} (${license})\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`
}
