import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { inspectData } from '../../boot/admin/inspect-data.ts'
import type { Status } from '../../boot/operator.ts'
import type { Config } from '../../config/config.ts'
import { connectAdmin } from '../admin-client.ts'
import { requireOwner } from '../operate.ts'
import { type Check, type Finding, type Patient, problem } from './check.ts'

export interface Told extends Finding {
  /** The check's name. */
  readonly check: string
}

/** Every check, one after the other: what one does to the disk must not make another look slow. */
export async function examine(
  patient: Patient,
  checks: readonly Check[],
  begin: (check: string) => void = () => undefined,
): Promise<Told[]> {
  const told: Told[] = []
  for (const check of checks) {
    begin(check.name)
    for (const finding of await findings(check, patient)) told.push({ check: check.name, ...finding })
  }
  return told
}

async function findings(check: Check, patient: Patient): Promise<readonly Finding[]> {
  try {
    return await check.run(patient)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return [
      problem(`it could not be looked at: ${reason}`, 'run `lading doctor` as the user that Lading runs as'),
    ]
  }
}

/** Looks who is there: the server's own word, else that of the folder where its lock is free. */
export async function patientOf(config: Config, now: number): Promise<{ patient: Patient; unheard: Told[] }> {
  const { url } = config.store
  const hasRecords =
    url === undefined && (await stat(join(config.data, 'lading.db')).catch(() => undefined)) !== undefined
  const hasData = hasRecords || url !== undefined
  const base = { config, hasData, hasRecords, now }
  if (!hasData) return { patient: base, unheard: [] }
  try {
    const distant = await connectAdmin(config.data)
    if (distant !== undefined) {
      const server = await distant.status()
      return { patient: { ...base, server, standing: server }, unheard: [] }
    }
    const standing = await askFolder(config)
    return { patient: { ...base, ...(standing && { standing }) }, unheard: [] }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const mend = 'run `lading doctor` as the user that Lading runs as; see what the log of the server says'
    return { patient: base, unheard: [{ check: 'registry', ...problem(reason, mend) }] }
  }
}

/** Not one of another version: to open it would bring it forward. */
async function askFolder(config: Config): Promise<Status | undefined> {
  const { version, known, faults } = await inspectData(config)
  if (version !== known || faults.length > 0) return undefined
  await requireOwner(config)
  const { openOperator } = await import('../../boot/admin/open-operator.ts')
  const { operator, close } = await openOperator(config)
  return await operator.status().finally(close)
}
