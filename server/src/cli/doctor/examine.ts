import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { inspectData } from '../../boot/admin/inspect-data.ts'
import type { Config } from '../../config/config.ts'
import { connectAdmin } from '../admin-client.ts'
import { requireOwner } from '../operate.ts'
import { type Check, type Finding, type Patient, problem } from './check.ts'
import { foreseen, selfMending } from './foreseen.ts'

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
    const unforeseen = `it could not be looked at: ${messageOf(error)}`
    return [foreseen(error, patient.config, problem(unforeseen, asOwnUser))]
  }
}

const asOwnUser = 'run `lading doctor` as the user that Lading runs as'

/** Looks who is there: the server's own word, else that of the records where nobody keeps them. Makes and changes nothing. */
export async function patientOf(config: Config, now: number): Promise<{ patient: Patient; unheard: Told[] }> {
  const { url } = config.store
  const hasRecords =
    url === undefined && (await stat(join(config.data, 'lading.db')).catch(() => undefined)) !== undefined
  const hasData = hasRecords || url !== undefined
  const base = { config, hasData, hasRecords, now }
  let runs = false
  try {
    const distant = await connectAdmin(config.data)
    if (distant !== undefined) {
      runs = true
      const server = await distant.status()
      return { patient: { ...base, runs, server, standing: server }, unheard: [] }
    }
    if (!hasData) return { patient: { ...base, registry: { contentPlace: undefined } }, unheard: [] }
    return await lookedAt(base)
  } catch (error) {
    const patient = { ...base, runs }
    // The check of the folder says why nobody may look into it.
    if (!hasData && !runs) return { patient, unheard: [] }
    const unforeseen = problem(messageOf(error), `${asOwnUser}; see what the log of the server says`)
    return { patient, unheard: [{ check: registry, ...foreseen(error, config, unforeseen) }] }
  }
}

const registry = 'registry'

/** Not records of another version: to open them would bring them forward. */
async function lookedAt(base: Patient): Promise<{ patient: Patient; unheard: Told[] }> {
  const { config } = base
  const { version, known, faults } = await inspectData(config)
  if (version === 0 && config.store.url !== undefined) {
    return { patient: { ...base, registry: { contentPlace: undefined } }, unheard: [] }
  }
  if (version !== known || faults.length > 0) return { patient: base, unheard: [] }
  await requireOwner(config)
  const { lookAtRegistry } = await import('../../boot/admin/look-at-registry.ts')
  const { standing, id, contentPlace, refusals } = await lookAtRegistry(config)
  return {
    patient: { ...base, standing, registry: { ...(id !== undefined && { id }), contentPlace } },
    unheard: refusals.map((says) => ({ check: registry, ...selfMending(says) })),
  }
}

/** Why the registry could not be heard, unless the check of its database says so too: one cause is told once. */
export function withoutRepeated(unheard: readonly Told[], examined: readonly Told[]): readonly Told[] {
  const isTold = examined.some(({ check, state }) => check === 'database' && state === 'problem')
  return isTold ? [] : unheard
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
