import type { Principal } from '../../domain/principal.ts'

/** On whose behalf something happens, and until when it matters. */
export interface Caller {
  readonly principal: Principal
  /** Of the request, or of the job: found again in log lines and audit entries. */
  readonly requestId: string
  /** Where the request came from; absent for jobs. */
  readonly address?: string
  /** Aborts when nobody waits for the answer any more. Nothing is left half done by it. */
  readonly signal: AbortSignal
}
