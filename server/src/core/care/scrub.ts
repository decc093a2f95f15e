import type { Core } from '../ledger/core.ts'
import type { Progress } from '../ledger/progress.ts'
import { checkBlobs } from './check-blobs.ts'
import { checkFiles } from './check-files.ts'
import { checkRecords } from './check-records.ts'
import type { Damage, Finding, Findings } from './finding.ts'

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

export interface ScrubOptions {
  /** Without: records and files are compared, and no content is read. */
  readonly readContent: boolean
}

/** Findings that a report lists; more are counted. */
const listed = 1000

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
