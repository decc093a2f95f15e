import { verifyAudit } from '../../../server/src/core/audit/verify-audit.ts'
import { WrongAnswer } from '../../session/row.ts'
import type { Task } from '../task.ts'
import { openRegistry } from './open-registry.ts'

export async function measureVerify({
  folder,
  entries,
}: Extract<Task, { do: 'verify' }>): Promise<Readonly<Record<string, number>>> {
  await using opened = await openRegistry(folder, true)
  const begun = performance.now()
  const report = await verifyAudit(opened.composed.core, {}, () => undefined, new AbortController().signal)
  const time = (performance.now() - begun) / 1000
  if (!report.sound || report.entries !== entries)
    throw new WrongAnswer(`${report.entries} entries, ${report.found} faults`)
  return { time }
}
