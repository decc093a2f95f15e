import type { AskingDevice } from '../core/access/device-logins.ts'
import type { ShownFamily } from '../core/access/end-family.ts'
import type { Added } from '../core/access/factors/add-totp.ts'
import type { ShownFactor, ShownFactors } from '../core/access/factors/list-factors.ts'
import type { ShownKey } from '../core/access/list-keys.ts'
import type { ShownIdentity } from '../core/access/own-identities.ts'
import type { ShownSession } from '../core/access/sessions.ts'
import type { FirstStep } from '../core/access/sign-in.ts'
import type { Needed } from '../core/access/target-of.ts'
import type { RepositoryOverview, TagOverview } from '../core/catalog/list-repositories.ts'
import type { TagChange } from '../core/catalog/list-tags.ts'
import type { BlobContent } from '../core/content/blobs.ts'
import type { Body } from '../core/content/body.ts'
import type { BlobInfo, UploadStatus } from '../core/content/uploads.ts'
import type { Caller } from '../core/ledger/caller.ts'
import type { Precondition } from '../core/publish/precondition.ts'
import type { PutManifest, PutManifestResult } from '../core/publish/put-manifest.ts'
import type { ManifestContent, ManifestInfo } from '../core/resolve/manifests.ts'
import type { ReferrerDescriptor } from '../core/resolve/referrers.ts'
import type { Digest } from '../domain/digest.ts'
import type { Permission } from '../domain/permission.ts'
import type { Principal } from '../domain/principal.ts'
import type { RepositoryName } from '../domain/repository-name.ts'
import type { Sight } from '../domain/search.ts'
import type { Tag } from '../domain/tag.ts'
import type { ByteRange } from '../ports/blobs/blobs.ts'
import type { JobCounts } from '../ports/journal/journal.ts'
import type { Accounts } from './compose/accounts.ts'
import type { Artifacts } from './compose/artifacts.ts'
import type { Audit } from './compose/audit.ts'
import type { FactorFace } from './compose/factors.ts'
import type { OutsideFace } from './compose/outside.ts'
import type { NamedLag, RegistrySearch, SearchRequest, SearchResult, Suggested } from './compose/searching.ts'
import type { TokenFace, TokenPair } from './compose/tokens.ts'

export type {
  Added,
  AskingDevice,
  BlobContent,
  BlobInfo,
  Body,
  Caller,
  ManifestContent,
  ManifestInfo,
  NamedLag,
  Needed,
  OutsideFace,
  Precondition,
  PutManifest,
  PutManifestResult,
  ReferrerDescriptor,
  RepositoryOverview,
  SearchRequest,
  SearchResult,
  ShownFactor,
  ShownFactors,
  ShownFamily,
  ShownIdentity,
  ShownKey,
  ShownSession,
  Suggested,
  TagChange,
  TagOverview,
  TokenFace,
  TokenPair,
  UploadStatus,
}

/** What every door opens on: the use cases of the core, bound to their ports. Errors are RegistryError. */
export interface Registry {
  readonly access: {
    /** Before anything else here is asked for a request; undefined: at once. Rejects with StoreError. */
    ready(): Promise<void> | undefined
    /** The same principal, with where they come from, where that decides something. */
    placed(principal: Principal, from: string | undefined): Principal
    /** @throws RegistryError `unauthenticated` where logging in could help; `name-unknown`, `denied` where it cannot */
    authorize(principal: Principal, needed: Needed, repository: RepositoryName): void
    /** For lists over repositories. @throws RegistryError `unauthenticated` where the caller sees none and logging in could help */
    authorizeListing(principal: Principal, what?: string): void
    may(principal: Principal, needed: Needed, repository: RepositoryName): boolean
    /** Which repositories exist for this principal: every list and count asks it. */
    visible(principal: Principal): (repository: RepositoryName) => boolean
    /** Which artifacts exist for this principal: every search asks it. */
    sight(principal: Principal): Sight
    /** What a role holds; undefined: there is none of that name. */
    permissionsOf(role: string): ReadonlySet<Permission> | undefined
    /** Some repository would answer `unauthenticated` to an anonymous caller. */
    readonly wantsCredentials: boolean
    /**
     * undefined where name and password do not belong together.
     * @throws RegistryError `unauthenticated` where a second factor is wanted besides
     */
    login(user: string, password: string, from?: string): Promise<Principal | undefined>
    /** The same for a page, which goes on with `accounts.enter`; undefined for a key as well, and who has no account. */
    firstStep(user: string, password: string, from?: string): Promise<FirstStep | undefined>
    /** Of a browser, by what its cookie has; undefined where it is no session, or none any more. */
    session(token: string): Promise<Principal | undefined>
    /** Who comes with a token; at once where it was shown before. undefined: it is none, or not any more. */
    bearer(token: string, from?: string): Principal | undefined | Promise<Principal | undefined>
  }
  readonly accounts: Accounts
  readonly factors: FactorFace
  /** Absent where nobody is given any. */
  readonly tokens?: TokenFace
  readonly outside: OutsideFace
  readonly audit: Audit
  readonly uploads: {
    /** A session. Commits nothing: it costs the registry nothing until bytes come. */
    begin(caller: Caller, repository: RepositoryName): Promise<UploadStatus>
    status(caller: Caller, repository: RepositoryName, upload: string): Promise<UploadStatus>
    /** Appends one chunk. What came before a failure is kept where it was long enough to stand in a file. */
    append(caller: Caller, repository: RepositoryName, upload: string, body: Body): Promise<UploadStatus>
    /** Appends the last chunk, if any, verifies, and makes the blob visible: durable on return. */
    finish(
      caller: Caller,
      repository: RepositoryName,
      upload: string,
      digest: Digest,
      body: Body,
    ): Promise<BlobInfo>
    cancel(caller: Caller, repository: RepositoryName, upload: string): Promise<void>
    /** Begin and finish in one. */
    push(caller: Caller, repository: RepositoryName, digest: Digest, body: Body): Promise<BlobInfo>
    /** undefined: not to be had from there (or, without `from`, from any repository that the caller may read); upload it. */
    mount(
      caller: Caller,
      repository: RepositoryName,
      digest: Digest,
      from: RepositoryName | undefined,
    ): Promise<BlobInfo | undefined>
  }
  readonly blobs: {
    /**
     * A client that sees it skips an upload: from a cache only where nobody else can have changed the store. Renews the
     * idle time for one who may write. @throws (or rejects with) `blob-unknown`
     */
    stat(caller: Caller, repository: RepositoryName, digest: Digest): BlobInfo | Promise<BlobInfo>
    /** `range` is resolved against the size by the given function, before bytes are opened. @throws (or rejects with) `blob-unknown`, `content-damaged` */
    open(
      caller: Caller,
      repository: RepositoryName,
      digest: Digest,
      range?: (size: number) => ByteRange | undefined,
    ): BlobContent | Promise<BlobContent>
    /** @throws `blob-unknown`, `blob-in-use` */
    delete(caller: Caller, repository: RepositoryName, digest: Digest): Promise<void>
  }
  readonly manifests: {
    /**
     * A hit in memory answers synchronously. Does not authorize: the caller did. `isPull`: it is counted as one.
     * @throws (or rejects with) `manifest-unknown`
     */
    get(
      repository: RepositoryName,
      reference: Tag | Digest,
      isPull?: boolean,
    ): ManifestContent | Promise<ManifestContent>
    /** As it was at a time (ms). @throws `manifest-unknown` */
    getAt(repository: RepositoryName, tag: Tag, at: number, isPull?: boolean): Promise<ManifestContent>
    /** As for blobs: for a client that skips a push where it is told yes. @throws (or rejects with) `manifest-unknown` */
    stat(
      caller: Caller,
      repository: RepositoryName,
      reference: Tag | Digest,
    ): ManifestInfo | Promise<ManifestInfo>
    put(caller: Caller, request: PutManifest): Promise<PutManifestResult>
    /** By digest: the manifest with its tags. By tag: the tag alone. @throws `manifest-unknown`, `manifest-in-use`, `tag-immutable`, `precondition-failed` */
    delete(
      caller: Caller,
      repository: RepositoryName,
      reference: Tag | Digest,
      expect: Precondition,
    ): Promise<void>
    /** Empty where the subject is not there. Pages by `last` (a digest, not included). */
    referrers(
      repository: RepositoryName,
      subject: Digest,
      query: { readonly artifactType?: string; readonly last?: Digest; readonly limit: number },
    ): Promise<{ readonly descriptors: readonly ReferrerDescriptor[]; readonly more: boolean }>
  }
  readonly tags: {
    /** ASCII order, after `last`. @throws `name-unknown` */
    list(
      repository: RepositoryName,
      query: { readonly last?: string; readonly limit: number },
    ): Promise<{ readonly tags: readonly Tag[]; readonly more: boolean }>
    /** Newest first; `last` is the `seq` of the last entry seen. @throws `name-unknown` */
    history(
      repository: RepositoryName,
      tag: Tag,
      query: { readonly last?: number; readonly limit: number },
    ): Promise<{ readonly entries: readonly TagChange[]; readonly more: boolean }>
  }
  readonly repositories: {
    /** Names in byte order after `last`, of those that the principal may see. */
    list(
      principal: Principal,
      query: { readonly last?: string; readonly limit: number },
    ): Promise<{ readonly names: readonly RepositoryName[]; readonly more: boolean }>
    /** For people: the first tags with digest, kind, size of all content and time. @throws `name-unknown` */
    overview(repository: RepositoryName, tags: number): Promise<RepositoryOverview>
  }
  /** What has a kind, a title and versions: everything that was pushed, and what was made here. */
  readonly artifacts: Artifacts
  readonly search: RegistrySearch
  readonly health: {
    /** What a probe should know: whether the store and the blobs keep what is written, whether there is space, how the jobs stand. */
    ready(): Promise<Readiness>
  }
}

export interface Readiness {
  readonly ready: boolean
  /** One line per part: `ok`, or what is wrong. */
  readonly parts: Readonly<Record<string, string>>
  readonly jobs: JobCounts
  /** What is late or has failed, and keeps nobody from pushing and pulling. Absent: nothing is. */
  readonly warnings?: readonly string[]
  /** How far each index of artifacts is behind: artifacts are found late, and all else goes on. */
  readonly search: readonly NamedLag[]
}
