import type { Check, Patient } from '../../../src/cli/doctor/check.ts'
import { loadConfig } from '../../../src/config/load-config.ts'
import { type GivenConfig, inputOf } from '../../config/given-config.ts'

/** A registry in a folder, as a test needs it. */
export function patientWith(
  config: GivenConfig['flags'] = {},
  rest: Partial<Patient> = {},
  files: GivenConfig['files'] = {},
): Patient {
  const loaded = loadConfig(inputOf({ flags: config, files }))
  if ('mistakes' in loaded) throw new Error(JSON.stringify(loaded.mistakes))
  return {
    config: loaded.config,
    hasData: true,
    hasRecords: rest.hasData ?? true,
    now: Date.UTC(2026, 5, 1),
    ...rest,
  }
}

/** `warning: what it says`, each. */
export async function told(check: Check, patient: Patient): Promise<string[]> {
  return (await check.run(patient)).map(({ state, says }) => `${state}: ${says}`)
}
