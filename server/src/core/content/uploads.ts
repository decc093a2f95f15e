import type { Digest } from '../../domain/digest.ts'
import { digestAlgorithm } from '../../domain/digest.ts'
import { digestOf } from '../../domain/digest-of.ts'
import { isRegistryError, RegistryError } from '../../domain/error.ts'
import type { RepositoryName } from '../../domain/repository-name.ts'
import type { FileName } from '../../ports/blobs/blobs.ts'
import { insert, put } from '../../ports/store/change.ts'
import type { Caller } from '../ledger/caller.ts'
import type { Core } from '../ledger/core.ts'
import {
  getHolding,
  keepOneCopy,
  type NewContent,
  newHolding,
  referContent,
  renewHolding,
  trashFile,
} from './blob-rows.ts'
import { type Body, checkBody, emptyBody } from './body.ts'
import { onBlobs } from './faults.ts'
import { requireSomeRoom, withinQuota } from './quota.ts'
import { findRepository, repositoryForPush } from './repositories.ts'
import { blobs, uploads } from './tables.ts'
import { type Claim, claimUpload, endClaim, keepInline, liveUpload, releaseClaim } from './upload-claim.ts'
import { makeUploadId, readUploadId } from './upload-id.ts'
import { LocalUploadTurns, type UploadTurns } from './upload-turns.ts'
import { spend } from './usage.ts'
import { abandon, leaveUpload, sealFile, type Written, writeUpload } from './write-upload.ts'

export interface UploadStatus {
  /** One URL path segment; contains a UUID; signed. */
  readonly id: string
  /** Bytes kept so far. */
  readonly offset: number
}

export interface BlobInfo {
  readonly digest: Digest
  readonly size: number
}

/** Blobs on their way in: sessions, chunks, and the one batch that makes a blob visible. */
export class Uploads {
  readonly #core: Core
  readonly #key: Uint8Array
  readonly #turns: UploadTurns

  constructor(core: Core, key: Uint8Array, turns: UploadTurns = new LocalUploadTurns(core)) {
    this.#core = core
    this.#key = key
    this.#turns = turns
  }

  /** A session. Commits nothing: it costs the registry nothing until bytes come. @throws RegistryError `quota-exceeded` */
  async begin(repository: RepositoryName): Promise<UploadStatus> {
    await requireSomeRoom(this.#core, repository)
    return this.#newSession(repository)
  }

  #newSession(repository: RepositoryName): UploadStatus {
    const { random, clock } = this.#core
    return { id: makeUploadId(this.#key, random.uuid(), repository, clock.now()), offset: 0 }
  }

  /** @throws RegistryError `upload-unknown` */
  async status(repository: RepositoryName, upload: string): Promise<UploadStatus> {
    const expiry = this.#expiry(repository, upload)
    const row = await liveUpload(this.#core, upload)
    if (row === undefined) {
      this.#refuseLate(upload, expiry)
      return { id: upload, offset: 0 }
    }
    const inFile = row.file === '' ? 0 : await onBlobs(() => this.#core.blobs.length(row.file as FileName))
    const offset = Math.max(row.bytes.length, inFile)
    return { id: upload, offset }
  }

  /** Appends one chunk: on return it survives the process. @throws RegistryError `upload-unknown`, `upload-range`, … */
  async append(
    caller: Caller,
    repository: RepositoryName,
    upload: string,
    body: Body,
  ): Promise<UploadStatus> {
    const expiry = this.#expiry(repository, upload)
    return await this.#alone(upload, async () => {
      const claim = await this.#claim(upload, expiry, body)
      const bounded = await withinQuota(this.#core, claim, repository, body)
      const written = await writeUpload(this.#core, claim, repository, bounded, caller.signal)
      if (written.in === 'file') {
        const released = { ...written.claim, row: { ...written.claim.row, bytes: new Uint8Array() } }
        await releaseClaim(this.#core, released).catch(async (error: unknown) => {
          throw isRegistryError(error, 'storage-full')
            ? await leaveUpload(this.#core, written.claim, error)
            : error
        })
        return { id: upload, offset: written.length }
      }
      await keepInline(this.#core, claim, repository, written.bytes)
      return { id: upload, offset: written.bytes.length }
    })
  }

  /** Appends the last chunk, if any, verifies, and makes the blob visible: durable on return. */
  async finish(
    caller: Caller,
    repository: RepositoryName,
    upload: string,
    digest: Digest,
    body: Body,
  ): Promise<BlobInfo> {
    const expiry = this.#expiry(repository, upload)
    return await this.#alone(upload, async () => {
      const claim = await this.#claim(upload, expiry, body)
      if (claim.row === undefined && body.length === 0) {
        const held = await this.#repeated(caller, repository, digest)
        if (held !== undefined) return held
      }
      const bounded = await withinQuota(this.#core, claim, repository, body, digest)
      const written = await writeUpload(this.#core, claim, repository, bounded, caller.signal)
      const current = written.in === 'file' ? written.claim : claim
      const content = await this.#verify(current, written, digest, caller.signal)
      try {
        return await this.#publish(caller, repository, current, content)
      } catch (error) {
        // There was room when it began, and others were first: its bytes would only be in the way.
        if (isRegistryError(error, 'quota-exceeded')) await abandon(this.#core, current)
        else throw await leaveUpload(this.#core, current, error)
        throw error
      }
    })
  }

  /** Ends a session; its bytes go in time. @throws RegistryError `upload-unknown` */
  async cancel(repository: RepositoryName, upload: string): Promise<void> {
    const expiry = this.#expiry(repository, upload)
    const core = this.#core
    await this.#alone(upload, async () => {
      const claim = await this.#claim(upload, expiry, emptyBody)
      const ended = {
        id: upload,
        repository,
        bytes: new Uint8Array(),
        file: '',
        holder: '',
        ended: true,
        until: Math.max(expiry, core.clock.now()),
      }
      await core.ledger.keep(async () => {
        const row = await liveUpload(core, upload)
        if (row !== undefined && row.holder !== claim.holder)
          throw new RegistryError('upload-busy', { upload })
        const file = row?.file ?? ''
        return {
          value: undefined,
          changes: [
            row === undefined ? insert(uploads, ended) : put(uploads, ended, row.rev),
            ...(file === '' ? [] : [trashFile(core, file, 'upload')]),
          ],
        }
      })
    })
  }

  /** Begin and finish in one. */
  async push(caller: Caller, repository: RepositoryName, digest: Digest, body: Body): Promise<BlobInfo> {
    return await this.finish(caller, repository, this.#newSession(repository).id, digest, body)
  }

  /** Until when the id is good for an upload without a row. One with a row lives as long as that. */
  #expiry(repository: RepositoryName, upload: string): number {
    return readUploadId(this.#key, upload, repository).begunAt + this.#core.limits.uploadLifetime
  }

  /** A row lives longer than the id, so a missing row and an old id mean that the upload is gone, not that it is new. */
  #refuseLate(upload: string, expiry: number): void {
    if (this.#core.clock.now() >= expiry) throw new RegistryError('upload-unknown', { upload })
  }

  /** An offset that is announced, but for which nothing is here, tells of an upload that is gone. */
  async #claim(upload: string, expiry: number, body: Body): Promise<Claim> {
    const claim = await claimUpload(this.#core, upload)
    if (claim.row === undefined) {
      this.#refuseLate(upload, expiry)
      checkBody(upload, body, 0)
    }
    return claim
  }

  /** A client that did not hear the answer to its last request repeats it. */
  async #repeated(caller: Caller, repository: RepositoryName, digest: Digest): Promise<BlobInfo | undefined> {
    const core = this.#core
    return await core.ledger.change(caller, async () => {
      const known = await findRepository(core, repository)
      const holding = known && (await getHolding(core, known.id, digest))
      const blob = holding && (await core.store.get(blobs, [digest]))
      if (holding === undefined || blob?.damagedAt !== 0) return { value: undefined, changes: [] }
      return { value: { digest, size: holding.size }, changes: [renewHolding(core, holding)] }
    })
  }

  /** Content that is what it is said to be and, where it is a file, survives a power cut. A wrong one ends the upload. */
  async #verify(claim: Claim, written: Written, digest: Digest, signal: AbortSignal): Promise<NewContent> {
    if (written.in === 'file') return await sealFile(this.#core, written, digest, signal)
    const actual = digestOf(written.bytes, digestAlgorithm(digest))
    if (actual === digest) return { digest, size: written.bytes.length, bytes: written.bytes }
    await abandon(this.#core, claim)
    throw new RegistryError('digest-mismatch', { expected: digest, actual })
  }

  async #publish(
    caller: Caller,
    repository: RepositoryName,
    claim: Claim,
    content: NewContent,
  ): Promise<BlobInfo> {
    const core = this.#core
    const { digest, size } = content
    return await core.ledger.change(caller, async () => {
      const target = await repositoryForPush(core, repository)
      const holding = await getHolding(core, target.id, digest)
      const arrival =
        holding === undefined
          ? [
              newHolding(core, target.id, content),
              ...(await referContent(core, content)),
              ...(await spend(core, target.namespace, { bytes: size, repositories: target.isNew ? 1 : 0 })),
            ]
          : [renewHolding(core, holding), ...(await keepOneCopy(core, content))]
      return {
        value: { digest, size },
        changes: [target.change, ...arrival, ...(await endClaim(core, claim))],
        deeds: [{ action: 'blob.push', repository, target: digest }],
      }
    })
  }

  async #alone<T>(upload: string, work: () => Promise<T>): Promise<T> {
    const end = await this.#turns.take(upload)
    try {
      return await work()
    } finally {
      end()
    }
  }
}
