import type { ArtifactIds } from '../../domain/artifact-id.ts'
import type { Quotas } from '../../domain/quota.ts'
import type { Kind } from '../../kinds/kind.ts'
import type { Blobs } from '../../ports/blobs/blobs.ts'
import type { Clock } from '../../ports/clock/clock.ts'
import type { Random } from '../../ports/random/random.ts'
import type { Store } from '../../ports/store/store.ts'
import type { Telemetry } from '../../ports/telemetry/telemetry.ts'
import type { Ledger } from './ledger.ts'
import type { Limits } from './limits.ts'

/** What every use case works with. Reads go to `store`; every change goes through `ledger`. */
export interface Core {
  readonly store: Pick<
    Store,
    'get' | 'getMany' | 'getParts' | 'find' | 'count' | 'tail' | 'tailNow' | 'last' | 'snapshot'
  >
  readonly blobs: Blobs
  readonly ledger: Pick<Ledger, 'change' | 'keep'>
  readonly clock: Clock
  readonly random: Random
  readonly artifactIds: ArtifactIds
  readonly telemetry: Telemetry
  readonly limits: Limits
  readonly quotas: Quotas
  /** What can be registered, by name. */
  readonly kinds: ReadonlyMap<string, Kind>
  /** Names this start of this process: rows that it holds are told from those of a dead one. */
  readonly bootId: string
  /** Whether the process that started under that id has certainly ended. */
  readonly isDead: (bootId: string) => boolean
}
