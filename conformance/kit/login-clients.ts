import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Finished, runProgram } from './run-program.ts'
import { tar } from './tar.ts'
import { givenTool, installedTool, type Tool } from './tool.ts'

/** Where a client runs, alone, and keeps all that it keeps. */
export interface LoginHome {
  readonly path: string
  /** What it takes for the home of its user. Nothing of a login belongs there. */
  readonly home: string
  readonly address: string
  run(tool: Tool, ...args: readonly string[]): Promise<Finished>
}

/** A client's own commands, with what the others have made. */
export interface LoginClient {
  readonly tool: Tool
  /** False: all of its programs are there. */
  readonly skip: string | false
  /** Whether `login` asks the registry. */
  readonly asks: boolean
  /** The file below `path` that it keeps logins in. */
  readonly keeps: string
  login(at: LoginHome, user: string, secret: string): Promise<Finished>
  /** What has to be in the repository before its push, by who has logged in there. */
  prepare?(at: LoginHome, repository: string): Promise<Finished>
  push(at: LoginHome, repository: string): Promise<Finished>
  pull(at: LoginHome, repository: string): Promise<Finished>
}

const files = {
  docker: 'docker/config.json',
  containers: 'auth.json',
  regctl: 'regctl.json',
  helm: 'helm.json',
} as const

/** In a folder that is empty. Every client is told a file of that folder to keep its logins in. */
export async function loginHome(path: string, address: string): Promise<LoginHome> {
  const home = join(path, 'home')
  for (const folder of [home, join(path, 'docker')]) await mkdir(folder, { recursive: true })
  // podman refuses to start where DOCKER_CONFIG names a folder without its file.
  for (const file of [files.docker, files.containers]) await writeFile(join(path, file), '{}')
  // Of this home alone: crane takes what is there already for pushed.
  const content = Buffer.from(`a layer of ${path}`)
  await writeFile(join(path, 'layer.tar'), tar([{ name: 'hello', content }]))
  const env = {
    HOME: home,
    DOCKER_CONFIG: join(path, 'docker'),
    REGISTRY_AUTH_FILE: join(path, files.containers),
    REGCTL_CONFIG: join(path, files.regctl),
    HELM_REGISTRY_CONFIG: join(path, files.helm),
    XDG_RUNTIME_DIR: path,
    TMPDIR: path,
    COSIGN_PASSWORD: 'x',
  }
  return {
    path,
    home,
    address,
    run: (tool, ...args) => runProgram(tool.path, args, { cwd: path, env }),
  }
}

export const crane: Tool = installedTool('crane')
export const skopeo: Tool = installedTool('skopeo')
const podman = installedTool('podman')
const regctl = installedTool('regctl')
const helm = installedTool('helm')
const oras = givenTool('oras')
const cosign = givenTool('cosign')

const noTls = '--tls-verify=false'
const stores = ({ path }: LoginHome): readonly string[] => [
  ...['--root', join(path, 'root'), '--runroot', join(path, 'runroot'), '--storage-driver', 'vfs'],
]
const withoutTls = async ({ address, run }: LoginHome): Promise<void> =>
  void (await run(regctl, 'registry', 'set', address, '--tls', 'disabled'))

/** An image for clients that make none themselves. */
async function layout({ address, path, run }: LoginHome): Promise<string> {
  const named = `${address}/x/y:v1`
  const made = await run(
    crane,
    ...['append', '--oci-empty-base', '-f', 'layer.tar', '-t', named, '-o', 'image.tar'],
  )
  assert.equal(made.code, 0, made.stderr)
  return join(path, 'image.tar')
}

const append = ({ address, run }: LoginHome, repository: string): Promise<Finished> =>
  run(crane, 'append', '--oci-empty-base', '-f', 'layer.tar', '-t', `${address}/${repository}:v1`)

const viaCrane: LoginClient = {
  tool: crane,
  skip: crane.skip,
  asks: false,
  keeps: files.docker,
  login: ({ address, run }, user, secret) => run(crane, 'auth', 'login', address, '-u', user, '-p', secret),
  push: append,
  pull: ({ address, run }, repository) =>
    run(crane, 'pull', '--format=oci', `${address}/${repository}:v1`, 'pulled'),
}

const viaRegctl: LoginClient = {
  tool: regctl,
  skip: regctl.skip || crane.skip,
  asks: true,
  keeps: files.regctl,
  login: async (at, user, secret) => {
    await withoutTls(at)
    return await at.run(regctl, 'registry', 'login', at.address, '-u', user, '-p', secret)
  },
  push: async (at, repository) => {
    await withoutTls(at)
    return await at.run(regctl, 'image', 'import', `${at.address}/${repository}:v1`, await layout(at))
  },
  pull: async (at, repository) => {
    await withoutTls(at)
    return await at.run(regctl, 'image', 'export', `${at.address}/${repository}:v1`, 'pulled.tar')
  },
}

const viaSkopeo: LoginClient = {
  tool: skopeo,
  skip: skopeo.skip || crane.skip,
  asks: true,
  keeps: files.containers,
  login: ({ address, run }, user, secret) => run(skopeo, 'login', noTls, '-u', user, '-p', secret, address),
  push: async (at, repository) =>
    await at.run(
      skopeo,
      ...['--insecure-policy', 'copy', '--dest-tls-verify=false'],
      ...[`docker-archive:${await layout(at)}`, `docker://${at.address}/${repository}:v1`],
    ),
  pull: ({ address, run }, repository) =>
    run(
      skopeo,
      ...['--insecure-policy', 'copy', '--src-tls-verify=false'],
      ...[`docker://${address}/${repository}:v1`, 'dir:pulled'],
    ),
}

const viaPodman: LoginClient = {
  tool: podman,
  skip: podman.skip || crane.skip,
  asks: true,
  keeps: files.containers,
  login: (at, user, secret) =>
    at.run(podman, ...stores(at), 'login', noTls, '-u', user, '-p', secret, at.address),
  push: async (at, repository) => {
    const loaded = await at.run(podman, ...stores(at), 'load', '-q', '-i', await layout(at))
    assert.equal(loaded.code, 0, loaded.stderr)
    const to = `docker://${at.address}/${repository}:v1`
    return await at.run(podman, ...stores(at), 'push', '--quiet', noTls, `${at.address}/x/y:v1`, to)
  },
  pull: (at, repository) =>
    at.run(podman, ...stores(at), 'pull', '--quiet', noTls, `${at.address}/${repository}:v1`),
}

const viaHelm: LoginClient = {
  tool: helm,
  skip: helm.skip,
  asks: true,
  keeps: files.helm,
  login: ({ address, run }, user, secret) =>
    run(helm, 'registry', 'login', address, '-u', user, '-p', secret, '--plain-http'),
  push: async ({ address, path, run }, repository) => {
    const name = repository.slice(repository.lastIndexOf('/') + 1)
    await mkdir(join(path, name, 'templates'), { recursive: true })
    await writeFile(join(path, name, 'Chart.yaml'), `apiVersion: v2\nname: ${name}\nversion: 0.1.0\n`)
    const made = await run(helm, 'package', name)
    assert.equal(made.code, 0, made.stderr)
    const to = `oci://${address}/${repository.slice(0, repository.lastIndexOf('/'))}`
    return await run(helm, 'push', `${name}-0.1.0.tgz`, to, '--plain-http')
  },
  pull: ({ address, run }, repository) =>
    run(helm, 'pull', `oci://${address}/${repository}`, '--version', '0.1.0', '--plain-http', '-d', '.'),
}

const viaOras: LoginClient = {
  tool: oras,
  skip: oras.skip,
  asks: true,
  keeps: files.docker,
  login: ({ address, run }, user, secret) =>
    run(oras, 'login', '--plain-http', '-u', user, '-p', secret, address),
  push: ({ address, run }, repository) =>
    run(oras, 'push', '--plain-http', `${address}/${repository}:v1`, 'layer.tar:application/x-tar'),
  pull: ({ address, run }, repository) =>
    run(oras, 'pull', '--plain-http', `${address}/${repository}:v1`, '-o', 'pulled'),
}

/** It signs what is there: its push is that of a signature, and its pull lists what is signed. */
const viaCosign: LoginClient = {
  tool: cosign,
  skip: cosign.skip || crane.skip,
  asks: false,
  keeps: files.docker,
  login: ({ address, run }, user, secret) => run(cosign, 'login', address, '-u', user, '-p', secret),
  prepare: append,
  push: async ({ address, path, run }, repository) => {
    const making = [['generate-key-pair'], ['signing-config', 'create', '--out', 'sc.json']]
    for (const args of existsSync(join(path, 'sc.json')) ? [] : making) {
      const made = await run(cosign, ...args)
      assert.equal(made.code, 0, made.stderr)
    }
    const key = ['--key', 'cosign.key', '--signing-config', 'sc.json', '--yes', '--allow-http-registry']
    return await run(cosign, 'sign', ...key, `${address}/${repository}:v1`)
  },
  pull: ({ address, run }, repository) =>
    run(cosign, 'tree', '--allow-http-registry', `${address}/${repository}:v1`),
}

export const loginClients: readonly LoginClient[] = [
  viaCrane,
  viaRegctl,
  viaSkopeo,
  viaPodman,
  viaHelm,
  viaOras,
  viaCosign,
]
