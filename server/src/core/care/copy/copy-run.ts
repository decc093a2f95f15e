import type { Core } from '../../ledger/core.ts'
import type { Progress } from '../../ledger/progress.ts'
import { Lost } from '../lost.ts'
import type { CopyBounds } from './copy-bounds.ts'
import type { CopyTarget } from './copy-target.ts'
import type { TargetClaim } from './target-claim.ts'

/** What every part of one run works with, and what it has come to. */
export interface CopyRun {
  readonly core: Core
  readonly target: CopyTarget
  readonly claim: TargetClaim
  readonly bounds: CopyBounds
  readonly progress: Progress
  readonly signal: AbortSignal
  /** Of all passes. */
  readonly copied: Copied
  readonly content: ContentSeen
}

export interface Copied {
  /** Made or brought up to date. */
  rows: number
  removedRows: number
  entries: number
  files: number
  bytes: number
}

/** Of one table or log: rows or entries that source and target have, and the digest of what has to be equal in them. */
export interface CopiedPart {
  readonly name: string
  readonly count: number
  readonly digest?: string
}

/** What is known of content beside its records. */
export interface ContentSeen {
  /** Digests of files whose bytes this run has verified where they are now. */
  readonly verified: Set<string>
  /** Digests of what the target has, and is not sound there. */
  readonly unsound: Set<string>
  /** Digests that the source could not give, by the revision of their row. */
  readonly missed: Map<string, string>
  readonly lost: Lost
}

export function newContentSeen(): ContentSeen {
  return { verified: new Set(), unsound: new Set(), missed: new Map(), lost: new Lost() }
}
