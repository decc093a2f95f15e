import type { Table } from '../../ports/store/table.ts'

export type ManifestRow = {
  repository: string
  digest: string
  mediaType: string
  /** Empty where the manifest has none. */
  artifactType: string
  /** Digest of the manifest that this one speaks of, or empty. */
  subject: string
  /** Bytes of the manifest itself. Its content is the blob of the same digest. */
  size: number
  /** Of the manifest and everything that it names directly, as their descriptors say. */
  totalSize: number
  /** Live tags, entries of tag history that hold it, and indexes that name it. */
  refs: number
  idleSince: number
  createdAt: number
  by: string
}

export const manifests: Table<ManifestRow> = {
  name: 'manifests',
  columns: {
    repository: 'text',
    digest: 'text',
    mediaType: 'text',
    artifactType: 'text',
    subject: 'text',
    size: 'integer',
    totalSize: 'integer',
    refs: 'integer',
    idleSince: 'integer',
    createdAt: 'integer',
    by: 'text',
  },
  key: ['repository', 'digest'],
  indexes: {
    bySubject: ['repository', 'subject', 'digest'],
    bySubjectAndType: ['repository', 'subject', 'artifactType', 'digest'],
  },
}

/** A manifest names a blob that the repository holds, or another manifest of it. Once for each. */
export type LinkRow = {
  repository: string
  manifest: string
  digest: string
  /** Which row counts the reference. */
  target: 'blob' | 'manifest'
}

export const links: Table<LinkRow> = {
  name: 'links',
  columns: { repository: 'text', manifest: 'text', digest: 'text', target: 'text' },
  key: ['repository', 'manifest', 'digest', 'target'],
  indexes: { byDigest: ['repository', 'digest', 'manifest'] },
}

/** A tag keeps its row when it is deleted, so that its history has one order. */
export type TagRow = {
  repository: string
  tag: string
  live: boolean
  /** Empty when not live. */
  digest: string
  /** Of its newest history entry. */
  seq: number
  movedAt: number
  /** The last push, also of what the tag named already. 0 where none was since this is kept. */
  pushedAt: number
}

export const tags: Table<TagRow> = {
  name: 'tags',
  columns: {
    repository: 'text',
    tag: 'text',
    live: 'boolean',
    digest: 'text',
    seq: 'integer',
    movedAt: 'integer',
    pushedAt: 'integer',
  },
  key: ['repository', 'tag'],
  indexes: { live: ['repository', 'live', 'tag'], byDigest: ['repository', 'digest', 'tag'] },
}

export type TagHistoryRow = {
  repository: string
  tag: string
  /** 1, 2, 3 … */
  seq: number
  /** Never before that of an earlier entry of the tag. */
  at: number
  /** Empty: the tag was deleted. */
  digest: string
  previous: string
  by: string
  /** The entry keeps its manifest from being collected. */
  holds: boolean
}

export const tagHistory: Table<TagHistoryRow> = {
  name: 'tag_history',
  columns: {
    repository: 'text',
    tag: 'text',
    seq: 'integer',
    at: 'integer',
    digest: 'text',
    previous: 'text',
    by: 'text',
    holds: 'boolean',
  },
  key: ['repository', 'tag', 'seq'],
  indexes: {
    byTime: ['repository', 'tag', 'at', 'seq'],
    holding: ['repository', 'digest', 'holds', 'tag', 'seq'],
    byAge: ['holds', 'at'],
  },
}

/** A manifest that was deleted, until what spoke of it is gone too. */
export type GoneSubjectRow = {
  repository: string
  digest: string
  /** No referrer that was there has an `idleSince` after it, save where a clock was ahead; each that came later has. */
  at: number
}

export const goneSubjects: Table<GoneSubjectRow> = {
  name: 'gone_subjects',
  columns: { repository: 'text', digest: 'text', at: 'integer' },
  key: ['repository', 'digest'],
}

/** How often a manifest was pulled. Gathered in memory and written every few seconds, so a power cut may lose the last ones. */
export type PullRow = {
  repository: string
  digest: string
  pulls: number
  lastAt: number
}

export const pulls: Table<PullRow> = {
  name: 'pulls',
  columns: { repository: 'text', digest: 'text', pulls: 'integer', lastAt: 'integer' },
  key: ['repository', 'digest'],
}
