import type { DiskEvent } from './disk-events.ts'
import { type FileFate, type FileRemains, RecordedFile } from './recorded-file.ts'

/** Asked once for each change that no flush has kept yet, in their order. */
export interface Fate extends FileFate {
  /** Of a name that was made, moved or removed. `left`: how many such changes come after it. */
  keepsName(left: number): boolean
}

/** By paths from the disk's root. */
export interface Remains {
  readonly folders: readonly string[]
  readonly files: ReadonlyMap<string, FileRemains>
}

export const nothing: Remains = { folders: [], files: new Map() }

interface Folder {
  /** As processes see them. */
  readonly now: Map<string, Node>
  readonly kept: Map<string, Node>
}

type Node = RecordedFile | Folder

/** Names that change together. */
interface Naming {
  readonly sets: readonly (Place & { readonly node: Node | undefined })[]
  readonly ended: number
}

interface Place {
  readonly folder: Folder
  readonly name: string
}

const newFolder = (): Folder => ({ now: new Map(), kept: new Map() })

/**
 * A disk that goes through recorded events and tells what a power cut would leave. It keeps no more than is promised:
 * content by a flush of the file, names by a flush of their folder, and nothing that had not ended when the flush began.
 */
export class RecordedDisk {
  readonly #path: string
  readonly #root: Folder = newFolder()
  #namings: Naming[] = []

  /** `path`: of the recorded folder, which is the disk's root. `initial`: what stood there before the first event. */
  constructor(path: string, initial: Remains = nothing) {
    this.#path = path
    for (const folder of initial.folders) this.#stands(`${path}/${folder}`, newFolder())
    for (const [file, remains] of initial.files) {
      this.#stands(`${path}/${file}`, new RecordedFile(`${path}/${file}`, remains))
    }
  }

  apply(event: DiskEvent): void {
    switch (event.do) {
      case 'answer':
        break
      case 'mkdir':
        this.#name(event.path, newFolder(), event.ended)
        break
      case 'unlink':
        this.#name(event.path, undefined, event.ended)
        break
      case 'rename':
        this.#rename(event)
        break
      case 'open':
        this.#open(event)
        break
      case 'sync':
        this.#sync(event)
        break
      case 'append':
        this.#file(event.path).append(event.bytes, event.ended)
        break
      default:
        this.#file(event.path).change(event)
    }
  }

  cut(fate: Fate): Remains {
    const names = new Map<Folder, Map<string, Node>>()
    const namesOf = (folder: Folder): Map<string, Node> => {
      const known = names.get(folder) ?? new Map(folder.kept)
      names.set(folder, known)
      return known
    }
    this.#namings.forEach(({ sets }, index) => {
      if (fate.keepsName(this.#namings.length - 1 - index)) applySets(sets, namesOf)
    })
    const folders: string[] = []
    const files = new Map<string, FileRemains>()
    const walk = (folder: Folder, above: string): void => {
      for (const [name, node] of namesOf(folder)) {
        const path = `${above}${name}`
        if (node instanceof RecordedFile) {
          files.set(path, node.remains(fate))
          continue
        }
        folders.push(path)
        walk(node, `${path}/`)
      }
    }
    walk(this.#root, '')
    return { folders, files }
  }

  #stands(path: string, node: Node): void {
    const { folder, name } = this.#place(path)
    folder.now.set(name, node)
    folder.kept.set(name, node)
  }

  #open({ path, creates, empties, ended }: Extract<DiskEvent, { do: 'open' }>): void {
    const node = this.#find(path)
    if (node === undefined && !creates) throw new Error(`${path} is opened and was never made`)
    if (node === undefined) this.#name(path, new RecordedFile(path), ended)
    else if (empties && node instanceof RecordedFile) node.change({ do: 'truncate', size: 0, ended })
  }

  #rename({ path, to, ended }: Extract<DiskEvent, { do: 'rename' }>): void {
    const gone = { ...this.#place(path), node: undefined }
    this.#record({ sets: [gone, { ...this.#place(to), node: this.#file(path) }], ended })
  }

  #name(path: string, node: Node | undefined, ended: number): void {
    this.#record({ sets: [{ ...this.#place(path), node }], ended })
  }

  #record(naming: Naming): void {
    applySets(naming.sets, (folder) => folder.now)
    this.#namings.push(naming)
  }

  #sync({ path, begun }: Extract<DiskEvent, { do: 'sync' }>): void {
    const node = this.#find(path)
    if (node === undefined) throw new Error(`${path} is flushed and is not there`)
    if (node instanceof RecordedFile) {
      node.keep(begun)
      return
    }
    const isKept = ({ sets, ended }: Naming): boolean =>
      ended < begun && sets.some(({ folder }) => folder === node)
    for (const { sets } of this.#namings.filter(isKept)) applySets(sets, (folder) => folder.kept)
    this.#namings = this.#namings.filter((naming) => !isKept(naming))
  }

  #file(path: string): RecordedFile {
    const node = this.#find(path)
    if (!(node instanceof RecordedFile)) throw new Error(`${path} is no file that was made`)
    return node
  }

  #find(path: string): Node | undefined {
    let node: Node | undefined = this.#root
    for (const step of this.#steps(path)) {
      node = node === undefined || node instanceof RecordedFile ? undefined : node.now.get(step)
    }
    return node
  }

  #place(path: string): Place {
    const name = path.slice(path.lastIndexOf('/') + 1)
    const folder = this.#find(path.slice(0, -name.length - 1))
    if (folder === undefined || folder instanceof RecordedFile) throw new Error(`${path} is in no folder`)
    return { folder, name }
  }

  #steps(path: string): string[] {
    return path.slice(this.#path.length).split('/').filter(Boolean)
  }
}

function applySets(sets: Naming['sets'], namesOf: (folder: Folder) => Map<string, Node>): void {
  for (const { folder, name, node } of sets) {
    if (node === undefined) namesOf(folder).delete(name)
    else namesOf(folder).set(name, node)
  }
}
