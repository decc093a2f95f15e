import { spawnSync } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'

const workspace = join(import.meta.dirname, '../../..')
const installTimeoutMs = 240_000

/** Lading as npm gives it to people: packed from this clone and installed in an empty folder. */
export interface PackedLading extends AsyncDisposable {
  /** Where it is installed; a working folder for `npx lading`. */
  readonly folder: string
  /** `bin/lading.js` within. */
  readonly bin: string
  /** The tarball's entries, without `package/`, sorted. */
  readonly entries: readonly string[]
}

let once: Promise<PackedLading> | undefined

/** Packs and installs on the first call; later calls of the same process share it. Dispose it once, after all. */
export function packedLading(): Promise<PackedLading> {
  once ??= packAndInstall()
  return once
}

/**
 * The machine's own commands: a test run has the pinned Node first in its PATH, which whoever installs Lading has not.
 */
export function withoutPinnedNode(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const places = (env['PATH'] ?? '').split(delimiter)
  return { ...env, PATH: places.filter((place) => !place.includes('node_modules')).join(delimiter) }
}

async function packAndInstall(): Promise<PackedLading> {
  const root = await mkdtemp(join(tmpdir(), 'lading-packed-'))
  try {
    const tarball = await pack(root)
    const folder = join(root, 'installed')
    await mkdir(folder)
    await writeFile(join(folder, 'package.json'), '{ "private": true }\n')
    npm(['install', '--prefer-offline', '--no-fund', '--no-audit', tarball], folder)
    return {
      folder,
      bin: join(folder, 'node_modules/lading/bin/lading.js'),
      entries: (await filesBelow(join(folder, 'node_modules/lading'))).sort(),
      [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
    }
  } catch (error) {
    await rm(root, { recursive: true, force: true })
    throw error
  }
}

/** In a copy of what packing reads, since two packings at once would write one dist folder. */
async function pack(root: string): Promise<string> {
  const copy = join(root, 'clone')
  const parts = ['LICENSE', 'README.md', 'tsconfig.json']
  const ofServer = ['package.json', 'bin', 'scripts', 'src']
  for (const part of [...parts, ...ofServer.map((name) => join('server', name))]) {
    await cp(join(workspace, part), join(copy, part), { recursive: true })
  }
  await symlink(join(workspace, 'node_modules'), join(copy, 'node_modules'))
  const output = npm(['pack', '--json', '--pack-destination', root], join(copy, 'server'))
  const [{ filename }] = JSON.parse(output.slice(output.indexOf('['))) as [{ readonly filename: string }]
  return join(root, filename)
}

function npm(args: readonly string[], cwd: string): string {
  const { status, stdout, stderr, error } = spawnSync('npm', args, {
    cwd,
    env: withoutPinnedNode(),
    encoding: 'utf8',
    timeout: installTimeoutMs,
  })
  if (error !== undefined) throw error
  if (status !== 0) throw new Error(`npm ${args[0]} failed (${status}):\n${stdout}\n${stderr}`)
  return stdout
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .filter((path) => !dirname(path).split('/').includes('node_modules'))
}
