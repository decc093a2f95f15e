import type { Table } from '../../ports/store/table.ts'

/** A repository is keyed by an id that is never used again, so that what is left of a deleted one is not mistaken for its successor's. */
export type RepositoryRow = {
  id: string
  name: string
  namespace: string
  createdAt: number
  /** False: what it held was deleted. Whoever asks by its name finds nothing, and nothing can be pushed to it. */
  live: boolean
}

export const repositories: Table<RepositoryRow> = {
  name: 'repositories',
  columns: { id: 'text', name: 'text', namespace: 'text', createdAt: 'integer', live: 'boolean' },
  key: ['id'],
  unique: { name: ['name'] },
  indexes: { byLife: ['live', 'name'] },
}

/** `upload`: bytes may be added. `blob`: a row of `blobs` names it. `trash`: its bytes go after `until`. It only moves forward. */
export type FileState = 'upload' | 'blob' | 'trash'

export type FileRow = {
  file: string
  state: FileState
  /** For `trash`: the bytes are kept until then. */
  until: number
}

export const files: Table<FileRow> = {
  name: 'files',
  columns: { file: 'text', state: 'text', until: 'integer' },
  key: ['file'],
  indexes: { due: ['state', 'until'] },
}

/** An upload that has bytes. One without needs no row: its id is signed. */
export type UploadRow = {
  id: string
  repository: string
  /** The first bytes, until they are too many. Those that were acknowledged stay until a file has them. */
  bytes: Uint8Array
  /** Empty while the bytes stand here. */
  file: string
  /** Who is writing: the boot id of a process and a number of its own. Empty: nobody. */
  holder: string
  /** Cancelled: kept until its signed id expires, so that it cannot begin again. */
  ended: boolean
  until: number
}

export const uploads: Table<UploadRow> = {
  name: 'uploads',
  columns: {
    id: 'text',
    repository: 'text',
    bytes: 'bytes',
    file: 'text',
    holder: 'text',
    ended: 'boolean',
    until: 'integer',
  },
  key: ['id'],
  indexes: { due: ['until'] },
}

export type BlobRow = {
  digest: string
  size: number
  /** Small content stands here; `file` is empty then. A blob's form never changes; its file does where a damaged one is mended. */
  bytes: Uint8Array | null
  file: string
  /** Holdings, and manifests whose content this is. */
  refs: number
  /** When its bytes were found to be lost or changed; 0 while nothing is known against them. */
  damagedAt: number
}

export const blobs: Table<BlobRow> = {
  name: 'blobs',
  columns: {
    digest: 'text',
    size: 'integer',
    bytes: 'bytes?',
    file: 'text',
    refs: 'integer',
    damagedAt: 'integer',
  },
  key: ['digest'],
  indexes: { byRefs: ['refs'], byDamage: ['damagedAt'] },
}

/** A repository holds a blob: it serves only what it holds. */
export type HoldingRow = {
  repository: string
  digest: string
  size: number
  /** Manifests of the repository that name the blob. */
  refs: number
  /** When somebody last had a reason to count on it. */
  idleSince: number
}

export const holdings: Table<HoldingRow> = {
  name: 'holdings',
  columns: { repository: 'text', digest: 'text', size: 'integer', refs: 'integer', idleSince: 'integer' },
  key: ['repository', 'digest'],
  indexes: { idle: ['refs', 'idleSince'], byDigest: ['digest'] },
}

/** What a namespace uses now. Patched in the batch of each change, so that a quota holds whoever pushes at once. */
export type NamespaceRow = {
  namespace: string
  /** Of holdings and manifests: a blob that two repositories hold counts twice. */
  bytes: number
  repositories: number
  manifests: number
}

export const namespaces: Table<NamespaceRow> = {
  name: 'namespaces',
  columns: { namespace: 'text', bytes: 'integer', repositories: 'integer', manifests: 'integer' },
  key: ['namespace'],
}

/** While one is live, the trash keeps its bytes: a backup is copying files that it found in a state of the store. */
export type HoldRow = {
  id: string
  until: number
  /** What for, in words. */
  by: string
}

export const holds: Table<HoldRow> = {
  name: 'holds',
  columns: { id: 'text', until: 'integer', by: 'text' },
  key: ['id'],
}

/** What is done once in the life of a registry, and was. */
export type MarkRow = { name: string; at: number }

export const marks: Table<MarkRow> = {
  name: 'marks',
  columns: { name: 'text', at: 'integer' },
  key: ['name'],
}
