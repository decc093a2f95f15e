import { readFileSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Config } from '../../config/config.ts'
import { loadConfig } from '../../config/load-config.ts'
import { describeMistake } from '../../config/mistake.ts'
import { RegistryError } from '../../domain/error.ts'

/** One of the two registries of a copy. */
export type CopyEndpoint = `folder:${string}` | `config:${string}`

/**
 * A data folder or a configuration file: `folder:PATH`, `config:PATH`, a `file:` URL of a folder, or a path, which says by
 * what stands there which of them it is. Answers it with an absolute path.
 * @throws RegistryError `parameter-invalid`
 */
export function copyEndpoint(given: string, cwd: string, parameter: string): CopyEndpoint {
  const [, scheme, path = ''] = /^(folder|config|file):(.*)$/s.exec(given) ?? [undefined, '', given]
  if (path === '' || path.includes('\0'))
    throw invalid(parameter, 'it wants a data folder or a configuration file')
  if (scheme === 'folder') return `folder:${resolve(cwd, path)}`
  if (scheme === 'config') return `config:${resolve(cwd, path)}`
  if (scheme === 'file') return `folder:${pathOfUrl(given, parameter)}`
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(given)) {
    // It would stand in the list of processes, with the password in it.
    throw invalid(
      parameter,
      'the address of a database belongs into a configuration file, with that of the content beside it: name that file',
    )
  }
  const absolute = resolve(cwd, given)
  const found = statSync(absolute, { throwIfNoEntry: false })
  if (found?.isFile() === true) return `config:${absolute}`
  if (found === undefined && /\.(ya?ml|json)$/i.test(absolute)) {
    throw invalid(parameter, `there is no file ${absolute}`)
  }
  return `folder:${absolute}`
}

/**
 * What a registry there runs with. Only the folder or the file counts: the environment is that of one registry, and these
 * are two. @throws RegistryError `parameter-invalid`
 */
export function configOfEndpoint(endpoint: CopyEndpoint, parameter: string): Config {
  const [kind, path] = [endpoint.slice(0, 7), endpoint.slice(7)]
  const isFolder = kind === 'folder:'
  const loaded = loadConfig({
    flags: isFolder ? { data: path } : { config: path },
    env: {},
    cwd: dirname(path),
    readFile: isFolder ? readNothing : (file) => readFileSync(file, 'utf8'),
  })
  if ('mistakes' in loaded) throw invalid(parameter, loaded.mistakes.map(describeMistake).join('; '))
  const { config, sources } = loaded
  const hasFolder = config.store.url === undefined || config.blobs.bucket === undefined
  // A server takes it from the folder that it is started in, which nobody here can know.
  if (hasFolder && sources.data.from === 'default') {
    throw invalid(parameter, `${path} does not say which data folder it is about: set data in it`)
  }
  return config
}

export function isCopyEndpoint(text: string): text is CopyEndpoint {
  return /^(folder|config):\//.test(text) && !text.includes('\0')
}

/** A file in the working folder is of another registry. */
function readNothing(path: string): never {
  throw Object.assign(new Error(`${path} is not read`), { code: 'ENOENT' })
}

function pathOfUrl(url: string, parameter: string): string {
  try {
    return fileURLToPath(url)
  } catch (error) {
    throw invalid(parameter, `${url} names no folder of this machine: ${(error as Error).message}`)
  }
}

function invalid(parameter: string, reason: string): RegistryError<'parameter-invalid'> {
  return new RegistryError('parameter-invalid', { parameter, reason })
}
