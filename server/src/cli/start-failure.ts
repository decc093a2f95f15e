import { accessSync, constants, existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../config/config.ts'
import { listenAddress } from '../config/place-types.ts'
import { BlobsError } from '../ports/blobs/errors.ts'
import { StoreError } from '../ports/store/errors.ts'
import { Failure } from './failure.ts'

export const noRight = 'this user has no right to it'

type SystemError = Error & { readonly code: string; readonly syscall?: string; readonly path?: string }

/** In words for the operator, with what to do next where that is known. */
export function startFailure(error: unknown, config: Config): Failure {
  if (isOfServer(error, config)) return new Failure(error.message, undefined, { cause: error })
  const system = findSystemError(error)
  const message = system === undefined ? (folderFault(config) ?? chainOf(error)) : explain(system, config)
  return new Failure(message, undefined, { cause: error })
}

/** What an engine says of its server, which is neither the data folder nor where Lading listens. */
function isOfServer(error: unknown, { store, blobs }: Config): error is Error {
  return (
    (error instanceof StoreError && store.url !== undefined) ||
    (error instanceof BlobsError && blobs.bucket !== undefined)
  )
}

function explain(error: SystemError, config: Config): string {
  const address = listenAddress.write(config.listen)
  if (error.syscall === 'listen' || error.syscall === 'getaddrinfo' || error.code === 'EADDRINUSE') {
    return explainListen(error, String(address), config.listen.port)
  }
  const path = error.path ?? config.data
  switch (error.code) {
    case 'EACCES':
    case 'EPERM':
      return `${path} cannot be used: ${noRight}; change its owner, or name another folder with --data`
    case 'ENOENT':
      if (error.syscall !== 'mkdir') return chainOf(error)
      return `${path} cannot be made: no folder can be made there; name another one with --data`
    case 'ENOTDIR':
    case 'EEXIST':
      return `${path} is not a folder; name another one with --data`
    case 'EROFS':
      return `${path} is on a file system that is read-only; name another folder with --data`
    case 'ENOSPC':
    case 'EDQUOT':
      return `there is no space left for ${path}`
    default:
      return chainOf(error)
  }
}

/** A database engine says of a folder only that it cannot open its file in it. */
function folderFault(config: Config): string | undefined {
  try {
    if (!statSync(config.data).isDirectory()) return explain(notFolder, config)
    accessSync(config.data, constants.R_OK | constants.W_OK | constants.X_OK)
    for (const file of databases) accessIfThere(join(config.data, file))
    return undefined
  } catch (error) {
    const system = findSystemError(error)
    return system === undefined || system.code === 'ENOENT' ? undefined : explain(system, config)
  }
}

const databases = ['lock.db', 'lading.db', 'lading.db-wal', 'lading.db-shm'] as const

function accessIfThere(file: string): void {
  if (existsSync(file)) accessSync(file, constants.R_OK | constants.W_OK)
}

const notFolder: SystemError = Object.assign(new Error('not a folder'), { code: 'ENOTDIR' })

function explainListen(error: SystemError, address: string, port: number): string {
  switch (error.code) {
    case 'EADDRINUSE':
      return `${address} is taken by another process, perhaps another lading; find it with \`lsof -nP -iTCP:${port} -sTCP:LISTEN\`, or listen elsewhere: --listen 127.0.0.1:0 takes any free port`
    case 'EADDRNOTAVAIL':
      return `${address} is no address of this machine; name one of its own with --listen, such as 127.0.0.1:${port}`
    case 'EACCES':
      return `this user may not listen on ${address}; ports below 1024 want special rights, so name a higher one with --listen`
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `the host of ${address} is not known; name an address with --listen, such as 127.0.0.1:${port}`
    default:
      return `cannot listen on ${address}: ${error.message}`
  }
}

function findSystemError(error: unknown): SystemError | undefined {
  let current = error
  while (current instanceof Error) {
    if ('code' in current && /^E(?!RR_)[A-Z_]+$/.test(String(current.code))) return current as SystemError
    current = current.cause
  }
  return undefined
}

/** An error's message and those of its causes, each that says more. */
function chainOf(error: unknown): string {
  const messages: string[] = []
  let current = error
  while (current instanceof Error) {
    if (!messages.some((message) => message.includes((current as Error).message)))
      messages.push(current.message)
    current = current.cause
  }
  return messages.length === 0 ? String(error) : messages.join(': ')
}
