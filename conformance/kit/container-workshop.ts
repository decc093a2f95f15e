import { spawnSync } from 'node:child_process'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { type Running, runProgram, succeed } from './run-program.ts'
import { type TemporaryFolder, temporaryFolder } from './temporary-folder.ts'

const project = join(import.meta.dirname, '../..')
/** Some 60 s on two idle cores. */
const buildMs = 400_000

/** What a container engine keeps of an image that matters to whoever runs it. */
export interface ImageFacts {
  readonly Id: string
  readonly Size: number
  readonly Labels: Readonly<Record<string, string>>
  readonly Healthcheck?: { readonly Test: readonly string[] }
  readonly Config: {
    readonly User: string
    readonly Env: readonly string[]
    readonly Entrypoint: readonly string[]
    readonly Cmd: readonly string[]
    readonly WorkingDir: string
    readonly StopSignal: string
    readonly Volumes: Readonly<Record<string, object>>
    readonly ExposedPorts: Readonly<Record<string, object>>
  }
}

/** A podman of its own, whose mounts nobody else sees. Disposal leaves nothing of it. */
export interface Workshop extends AsyncDisposable {
  readonly path: string
  /** What runs podman here, to be followed by its arguments: for who mounts an image in a namespace of its own. */
  readonly command: readonly string[]
  /** From its folder: of a path podman makes a name, and names have no capitals. */
  podman(...args: string[]): Promise<string>
  facts(image: string): Promise<ImageFacts>
}

/** Why an image cannot be built and entered here; false: it can. */
export function whyNoWorkshop(): string | false {
  const tried = spawnSync('unshare', ['-m', 'mount', '--bind', '/proc', '/proc'])
  return process.getuid?.() === 0 && tried.status === 0
    ? false
    : 'to build an image and enter it wants root and the right to mount'
}

export async function openWorkshop(podman: string): Promise<Workshop> {
  const folder = await temporaryFolder()
  const driver = (await runs(podman, folder, 'overlay')) ? 'overlay' : 'vfs'
  const command = [podman, ...storesIn(folder, driver)]
  const run = async (...args: string[]): Promise<string> => {
    const running = { cwd: folder.path, env: machineEnvironment(folder), timeoutMs: buildMs }
    // Of a mount namespace of its own, overlay leaves no mount behind that would keep its folder.
    return (await succeed('unshare', ['-m', ...command, ...args], running)).stdout.trim()
  }
  return {
    path: folder.path,
    command,
    podman: run,
    facts: async (image) => JSON.parse(await run('image', 'inspect', image))[0] as ImageFacts,
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  }
}

/** As whoever builds it, but upon Debian packages and this machine's npm, and with the machine's own package mirrors. */
export async function buildImage(workshop: Workshop, version: string): Promise<ImageFacts> {
  const parts = join(workshop.path, 'parts')
  await mkdir(parts)
  const running: Running = { cwd: project, env: machineEnvironment(workshop), timeoutMs: buildMs }
  await succeed(join(project, 'container/build-base'), [parts], running)
  for (const name of ['base', 'build']) {
    await workshop.podman('import', '--quiet', join(parts, `${name}.tar`), `localhost/lading-${name}`)
  }
  const cache = (await succeed('npm', ['config', 'get', 'cache'], running)).stdout.trim()
  await workshop.podman(
    'build',
    '--quiet',
    '--isolation=chroot',
    // The form of images that has health checks.
    '--format=docker',
    '--layers=false',
    '--pull=never',
    '--build-arg=BASE=localhost/lading-base',
    '--build-arg=BUILD=localhost/lading-build',
    `--build-arg=VERSION=${version}`,
    `--volume=${cache}:/root/.npm`,
    ...(await secrets(parts, running)),
    '--tag=localhost/lading',
    `--file=${join(project, 'container/Containerfile')}`,
    project,
  )
  return await workshop.facts('localhost/lading')
}

/** Where npm gets packages on this machine, and whom it trusts: told to the build, and kept out of the image. */
async function secrets(folder: string, running: Running): Promise<string[]> {
  const setting = async (name: string): Promise<string> => {
    const told = (await succeed('npm', ['config', 'get', name], running)).stdout.trim()
    return told === 'null' || told === 'undefined' ? '' : told
  }
  const files = await Promise.all(['globalconfig', 'userconfig'].map(setting))
  const kept = await runProgram('grep', ['-hE', '^(//|@[^:]+:registry)', ...files], running)
  const path = join(folder, 'npmrc')
  await writeFile(path, `registry=${await setting('registry')}\n${kept.stdout}`)
  await chmod(path, 0o600)
  const { NODE_EXTRA_CA_CERTS: trusted = '' } = process.env
  const authorities = trusted || (await setting('cafile'))
  return [
    `--secret=id=npmrc,src=${path}`,
    ...(authorities === '' ? [] : [`--secret=id=ca,src=${authorities}`]),
  ]
}

function storesIn({ path }: Pick<TemporaryFolder, 'path'>, driver: string): string[] {
  return ['--root', join(path, 'root'), '--runroot', join(path, 'run'), '--storage-driver', driver]
}

/** Overlays want a file system that lets them: asked of a store that is thrown away. */
async function runs(podman: string, folder: TemporaryFolder, driver: string): Promise<boolean> {
  const path = join(folder.path, 'tried')
  const args = ['-m', podman, ...storesIn({ path }, driver), 'info']
  const { code } = await runProgram('unshare', args, { cwd: folder.path, env: machineEnvironment(folder) })
  return code === 0
}

/** The user's own, which says where packages come from; without the pinned Node, by which npm would look elsewhere. */
function machineEnvironment({ path }: Pick<TemporaryFolder, 'path'>): Record<string, string> {
  const own = Object.entries(process.env).filter(([name]) => !/^(LADING|NODE_OPTIONS|NODE_TEST)/.test(name))
  const programs = (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((place) => !place.includes('node_modules'))
  return {
    ...(Object.fromEntries(own) as Record<string, string>),
    PATH: programs.join(delimiter),
    TMPDIR: path,
    XDG_RUNTIME_DIR: path,
  }
}
