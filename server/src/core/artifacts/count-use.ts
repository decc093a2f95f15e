import type { Core } from '../ledger/core.ts'
import { addStatistics } from './keep-artifact.ts'
import { requireArtifact } from './require-artifact.ts'

/**
 * Somebody has downloaded or looked at an artifact. Like every count of uses it survives the process, not the power.
 * @throws RegistryError `artifact-unknown`
 */
export async function countUse(core: Core, id: string, use: 'downloads' | 'views', times = 1): Promise<void> {
  await core.ledger.keep(async () => {
    const row = await requireArtifact(core, id)
    return { value: undefined, changes: addStatistics(row, { [use]: times }, core.clock.now()) }
  }, 'process')
}
