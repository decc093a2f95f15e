import { constants } from 'node:fs'
import { basename, dirname } from 'node:path'
import type { FileSystem, OpenFile } from '../../../../src/adapters/blobs/folder/file-system.ts'

export type Operation =
  | 'open'
  | 'stat'
  | 'read'
  | 'write'
  | 'chmod'
  | 'truncate'
  | 'freeBytes'
  | 'sync'
  | 'datasync'
  | 'close'
  | 'readdir'
  | 'mkdir'
  | 'unlink'

export interface Done {
  readonly operation: Operation
  readonly path: string
}

interface FileNode {
  readonly kind: 'file'
  bytes: Uint8Array
  size: number
  mode: number
  /** What a power cut leaves of it. */
  kept: { readonly bytes: Uint8Array; readonly mode: number }
}

interface FolderNode {
  readonly kind: 'folder'
  readonly entries: Map<string, FileNode | FolderNode>
  kept: ReadonlyMap<string, FileNode | FolderNode>
}

export interface VolatileOptions {
  /** Bytes that one read or write moves at most. */
  readonly atMost?: number
  /** Flushes that answer and do nothing: what a mutant of the engine would have left out. */
  readonly unflushed?: (done: Done) => boolean
  /** What it makes of files opened for writes past the cache: `open` and `write` refuse them there. */
  readonly noDirect?: 'open' | 'write'
  /** Folders that are there from the beginning, each after its parent, and survive a power cut. */
  readonly folders?: readonly string[]
}

/**
 * A file system in memory that forgets, when its power is cut, what was not flushed: content without `sync` or
 * `datasync` of the file, modes without `sync`, and entries without `sync` of their folder.
 */
export class VolatileFileSystem implements FileSystem {
  readonly #root: FolderNode = newFolder()
  readonly #options: VolatileOptions
  readonly done: Done[] = []
  /** Called before each operation; may wait or throw. */
  before: (next: Done) => void | Promise<void> = () => undefined
  /** Bytes written past the cache. */
  directBytes = 0
  #powerCuts = 0
  #open = 0

  constructor(options: VolatileOptions = {}) {
    this.#options = options
    for (const path of options.folders ?? []) this.#parent(path).entries.set(basename(path), newFolder())
    for (const path of ['/', ...(options.folders ?? [])]) keep(this.#mustFind(path), true)
  }

  /** Descriptors that are open. */
  get descriptors(): number {
    return this.#open
  }

  count(operation: Operation, path?: string): number {
    return this.done.filter((one) => one.operation === operation && (path === undefined || one.path === path))
      .length
  }

  /** What a failing disk or an operator does behind the engine's back. */
  truncate(path: string, size: number): void {
    asFile(this.#mustFind(path), path).size = size
  }

  cutPower(): void {
    this.#powerCuts += 1
    this.#open = 0
    restore(this.#root)
  }

  async open(path: string, flags: number, mode = 0o666): Promise<OpenFile> {
    await this.#begin('open', path)
    const direct = (flags & (constants.O_DIRECT ?? 0)) !== 0
    if (direct && this.#options.noDirect === 'open') throw systemError('EINVAL', path)
    const known = this.#find(path)
    if (known === undefined && (flags & constants.O_CREAT) === 0) throw systemError('ENOENT', path)
    const node = known ?? newFile(mode)
    if (known === undefined) this.#parent(path).entries.set(basename(path), node)
    this.#open += 1
    return this.#handle(path, node, direct)
  }

  async stat(path: string): Promise<{ readonly size: number; readonly mode: number }> {
    await this.#begin('stat', path)
    return statOf(this.#mustFind(path))
  }

  async readdir(path: string): Promise<string[]> {
    await this.#begin('readdir', path)
    const node = this.#mustFind(path)
    if (node.kind === 'file') throw systemError('ENOTDIR', path)
    return [...node.entries.keys()].reverse()
  }

  async mkdir(path: string): Promise<void> {
    await this.#begin('mkdir', path)
    if (this.#find(path) !== undefined) throw systemError('EEXIST', path)
    this.#parent(path).entries.set(basename(path), newFolder())
  }

  async unlink(path: string): Promise<void> {
    await this.#begin('unlink', path)
    this.#mustFind(path)
    this.#parent(path).entries.delete(basename(path))
  }

  /** What is free is for `before` to say, by failing. */
  async freeBytes(path: string): Promise<number> {
    await this.#begin('freeBytes', path)
    return 1024 ** 4
  }

  #handle(path: string, node: FileNode | FolderNode, direct: boolean): OpenFile {
    const powerCuts = this.#powerCuts
    let closed = false
    const begin = async (operation: Operation): Promise<void> => {
      if (closed) throw systemError('EBADF', path)
      await this.#begin(operation, path)
      if (powerCuts !== this.#powerCuts) throw systemError('EIO', path)
    }
    const flush = async (operation: 'sync' | 'datasync'): Promise<void> => {
      await begin(operation)
      if (this.#options.unflushed?.({ operation, path }) !== true) keep(node, operation === 'sync')
    }
    const { atMost = Number.POSITIVE_INFINITY } = this.#options
    return {
      stat: async () => {
        await begin('stat')
        return statOf(node)
      },
      read: async (buffer, at, length, position) => {
        await begin('read')
        const { bytes, size } = asFile(node, path)
        const end = Math.min(size, position + Math.min(length, atMost))
        buffer.set(bytes.subarray(position, Math.max(position, end)), at)
        return { bytesRead: Math.max(0, end - position) }
      },
      write: async (buffer, at, length, position) => {
        await begin('write')
        if (direct) this.#writeDirect(path, { length, position })
        const bytesWritten = Math.min(length, atMost)
        writeAt(asFile(node, path), buffer.subarray(at, at + bytesWritten), position)
        return { bytesWritten }
      },
      chmod: async (mode) => {
        await begin('chmod')
        asFile(node, path).mode = mode
      },
      truncate: async (length) => {
        await begin('truncate')
        asFile(node, path).size = length
      },
      sync: () => flush('sync'),
      datasync: () => flush('datasync'),
      close: async () => {
        await begin('close')
        closed = true
        this.#open -= 1
      },
    }
  }

  /** As a disk wants it: whole pages at the beginning of one. */
  #writeDirect(path: string, { length, position }: { length: number; position: number }): void {
    const whole = length % 4096 === 0 && position % 4096 === 0
    if (!whole || this.#options.noDirect === 'write') throw systemError('EINVAL', path)
    this.directBytes += length
  }

  async #begin(operation: Operation, path: string): Promise<void> {
    const next = { operation, path }
    await this.before(next)
    // Work of a disk ends in a later turn: an engine that does not wait for it is seen.
    await new Promise((resolve) => setImmediate(resolve))
    this.done.push(next)
  }

  #find(path: string): FileNode | FolderNode | undefined {
    if (path === '/') return this.#root
    const parent = this.#find(dirname(path))
    return parent?.kind === 'folder' ? parent.entries.get(basename(path)) : undefined
  }

  #mustFind(path: string): FileNode | FolderNode {
    const node = this.#find(path)
    if (node === undefined) throw systemError('ENOENT', path)
    return node
  }

  #parent(path: string): FolderNode {
    const node = this.#mustFind(dirname(path))
    if (node.kind === 'file') throw systemError('ENOTDIR', path)
    return node
  }
}

export function systemError(code: string, path = ''): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code })
}

function newFile(mode: number): FileNode {
  return { kind: 'file', bytes: new Uint8Array(0), size: 0, mode, kept: { bytes: new Uint8Array(0), mode } }
}

function newFolder(): FolderNode {
  return { kind: 'folder', entries: new Map(), kept: new Map() }
}

function asFile(node: FileNode | FolderNode, path: string): FileNode {
  if (node.kind === 'folder') throw systemError('EISDIR', path)
  return node
}

function statOf(node: FileNode | FolderNode): { readonly size: number; readonly mode: number } {
  return node.kind === 'file' ? { size: node.size, mode: 0o100000 | node.mode } : { size: 0, mode: 0o040755 }
}

function writeAt(node: FileNode, bytes: Uint8Array, position: number): void {
  const end = position + bytes.length
  if (end > node.bytes.length) {
    const grown = new Uint8Array(Math.max(end, 2 * node.bytes.length))
    grown.set(node.bytes)
    node.bytes = grown
  }
  node.bytes.set(bytes, position)
  node.size = Math.max(node.size, end)
}

function keep(node: FileNode | FolderNode, withMode: boolean): void {
  if (node.kind === 'folder') node.kept = new Map(node.entries)
  else node.kept = { bytes: node.bytes.slice(0, node.size), mode: withMode ? node.mode : node.kept.mode }
}

function restore(node: FileNode | FolderNode): void {
  if (node.kind === 'file') {
    node.bytes = node.kept.bytes.slice()
    node.size = node.bytes.length
    node.mode = node.kept.mode
    return
  }
  node.entries.clear()
  for (const [name, child] of node.kept) {
    node.entries.set(name, child)
    restore(child)
  }
}
