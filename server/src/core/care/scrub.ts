import type { Core } from '../ledger/core.ts'
import type { Progress } from '../ledger/progress.ts'
import { checkBlobs } from './check-blobs.ts'
import { checkFiles } from './check-files.ts'
import { checkRecords } from './check-records.ts'

/**
 * - `changed`, `short`, `missing`: content that is not what its digest says, has another length, has no file
 * - `unreadable`: the engine failed to read it, which may pass
 * - `orphan`: a file that no record knows
 * - `record`: a record that contradicts others
 */
export type Damage = 'changed' | 'short' | 'missing' | 'unreadable' | 'orphan' | 'record'

/**
 * - `mended`: a sound copy stood elsewhere and has taken its place; `recovered`: what was quarantined is sound again
 * - `quarantined`: not given out any more; the next push of that content mends it
 * - `trashed`: its bytes go with the trash; `told`: nothing was done
 */
export type Remedy = 'mended' | 'recovered' | 'quarantined' | 'trashed' | 'told'

export interface Finding {
  readonly damage: Damage
  readonly remedy: Remedy
  /** A digest, a file, or the key of a record. */
  readonly target: string
  /** For a person: what was found, against what was expected. */
  readonly what: string
  /** Where content is damaged: repositories that hold it, the first few. */
  readonly repositories?: readonly string[]
}

export interface ScrubReport {
  readonly blobs: number
  readonly bytes: number
  readonly records: number
  readonly files: number
  /** The first ones; `found` has all of them. */
  readonly findings: readonly Finding[]
  /** How many of each kind. */
  readonly found: Readonly<Partial<Record<Damage, number>>>
  /** Nothing was found, or all of it mended. */
  readonly sound: boolean
}

/** Findings that a report lists; more are counted. */
const listed = 1000

/** What a check tells as it goes. */
export interface Findings {
  tell(finding: Finding): void
}

export interface ScrubOptions {
  /** Without: records and files are compared, and no content is read. */
  readonly readContent: boolean
}

/**
 * Every blob against its digest, every record against those that it must agree with, every file against its record,
 * while the registry serves. What looks wrong is looked at once more before it is told, since it may just have changed.
 */
export async function scrub(
  core: Core,
  { readContent }: ScrubOptions,
  progress: Progress,
  signal: AbortSignal,
): Promise<ScrubReport> {
  const findings: Finding[] = []
  const found: Partial<Record<Damage, number>> = {}
  let open = 0
  const told: Findings = {
    tell(finding) {
      found[finding.damage] = (found[finding.damage] ?? 0) + 1
      if (finding.remedy !== 'mended' && finding.remedy !== 'recovered' && finding.remedy !== 'trashed')
        open++
      if (findings.length < listed) findings.push(finding)
    },
  }
  const content = await checkBlobs(core, { readContent }, told, progress, signal)
  const files = await checkFiles(core, told, progress, signal)
  const records = await checkRecords(core, told, progress, signal)
  return { ...content, files, records, findings, found, sound: open === 0 }
}
