import type { AuditPage, AuditQuery } from '../core/audit/list-audit.ts'
import type { AuditHeads } from '../core/audit/list-heads.ts'
import type { UnsealedTail } from '../core/audit/unsealed-tail.ts'
import type { AuditVerifyOptions, AuditVerifyReport } from '../core/audit/verify-audit.ts'
import type { BackupOptions, BackupReport } from '../core/care/backup.ts'
import type { CopyOptions, CopyReport } from '../core/care/copy/copy-registry.ts'
import type { ExportOptions, ExportReport } from '../core/care/export-layout.ts'
import type { ImportOptions, ImportReport } from '../core/care/import-layout.ts'
import type { ScrubOptions, ScrubReport } from '../core/care/scrub.ts'
import type { GcReport } from '../core/gc/run-gc.ts'
import type { Progress } from '../core/ledger/progress.ts'
import type { IndexDifference } from '../core/search/compare-index.ts'
import type { SeedOptions, SeedReport } from '../core/seed/seed.ts'
import type { Quota, Usage } from '../domain/quota.ts'
import type { JobCounts, JobRecord } from '../ports/journal/journal.ts'

/**
 * Work that may take hours: its options, what it tells as it goes, and until when it is wanted. Aborted, it stops soon,
 * rejects, and leaves nothing half done. Options and reports are plain data: they go through JSON.
 */
export type Operation<O, R> = (options: O, progress: Progress, signal: AbortSignal) => Promise<R>

/** What whoever runs the registry does to it, beside what its users do through `Registry`. */
export interface Operator {
  readonly gc: Operation<GcOptions, GcReport>
  readonly backup: Operation<BackupOptions, BackupReport>
  readonly copy: Operation<CopyOptions, CopyReport>
  readonly scrub: Operation<ScrubOptions, ScrubReport>
  readonly export: Operation<ExportOptions, ExportReport>
  readonly import: Operation<ImportOptions, ImportReport>
  readonly seed: Operation<SeedOptions, SeedReport>
  readonly reindex: Operation<ReindexOptions, ReindexReport>
  readonly verifyAudit: Operation<AuditVerifyOptions, AuditVerifyReport>
  readonly audit: {
    /** Of all that was done. */
    list(query: AuditQuery): Promise<AuditPage>
    /** The newest first, 1 to 1,000. */
    heads(limit: number): Promise<AuditHeads>
  }
  status(): Promise<Status>
  readonly jobs: {
    /** Jobs that failed too often and are tried no more; the first thousand. */
    dead(): Promise<readonly JobRecord[]>
    /** Tries them again. Answers how many of the ids were dead jobs. */
    revive(ids: readonly string[]): Promise<number>
  }
  /**
   * A link by which the first account is made; those that were made before open nothing any more.
   * @throws RegistryError `denied` where there are accounts
   */
  setUpLink(): Promise<OneTimeLink>
  /**
   * A link by which a user chooses a password, also where nobody else could give them one.
   * @throws RegistryError `account-unknown`, also of one who is disabled
   */
  resetLink(user: string, options: ResetOptions): Promise<OneTimeLink>
}

export interface ResetOptions {
  /** Takes all of their second factors away besides, who has lost these too. */
  readonly secondFactor: boolean
}

/** Whoever has it is taken for whom it was made for. */
export interface OneTimeLink {
  /** Its path alone where nobody knows yet where the registry will listen. */
  readonly url: string
  /** ms since 1970. */
  readonly expiresAt: number
}

export interface ReindexOptions {
  /** By its name; every one where nothing is said. */
  readonly engine?: string
  /** Builds nothing, and tells what an index has otherwise than the records. */
  readonly compare: boolean
}

export interface ReindexReport {
  readonly engines: readonly {
    readonly engine: string
    /** Those that were indexed; absent where it was compared alone. */
    readonly artifacts?: number
    /** Why it could not be done; nothing else is told then. */
    readonly error?: string
    /** Where it was compared: the first hundred, and how many there are. */
    readonly differences?: readonly IndexDifference[]
    readonly different?: number
  }[]
}

export interface GcOptions {
  /** Changes nothing, and tells what would go. */
  readonly dryRun: boolean
}

/** The names of what may take hours. */
export type OperationName = Exclude<keyof Operator, 'status' | 'jobs' | 'audit' | 'setUpLink' | 'resetLink'>
export type OptionsOf<N extends OperationName> = Parameters<Operator[N]>[0]
export type ReportOf<N extends OperationName> = Awaited<ReturnType<Operator[N]>>

/** How the registry stands. Times are ms since 1970. */
export interface Status {
  readonly release: string
  /** What runs it: Node's version. */
  readonly node: string
  readonly pid: number
  readonly startedAt: number
  readonly data: string
  /** Of the store. */
  readonly schemaVersion: number
  readonly total: Usage
  /** In the order of their names. */
  readonly namespaces: readonly NamespaceStatus[]
  /** `due`: those of the ready ones whose time has come, up to 1,000; the others wait for theirs. */
  readonly jobs: JobCounts & { readonly due: number }
  /** Bytes free where the content stands; absent where that cannot be told. */
  readonly freeBytes?: number
  /** Uploads that are not finished; counted up to 10,000. */
  readonly uploads: number
  /** Files whose bytes wait to be removed. */
  readonly trash: {
    /** Counted up to 10,000. */
    readonly files: number
    /** When the bytes of the oldest may go; absent where there is none. */
    readonly dueAt?: number
  }
  /** Blobs whose bytes are lost or changed; counted up to 1,000. */
  readonly damaged: number
  /** When a tag was moved last; absent where none ever was. */
  readonly lastMoveAt?: number
  /** Of the audit log: entries that have no place in its chain yet. */
  readonly unsealed: UnsealedTail
  /** Somebody has an account. */
  readonly hasAccounts: boolean
}

export interface NamespaceStatus extends Usage {
  readonly namespace: string
  readonly quota: Quota
}
