import type { Row } from '../../session/row.ts'
import { auditRows } from './audit-rows.ts'
import { decisionRow } from './decision-row.ts'
import { passwordRow } from './password-row.ts'
import type { Sizes } from './sizes.ts'
import { tokenRows } from './token-rows.ts'

export function accessRows(sizes: Sizes): readonly Row[] {
  return [decisionRow(sizes), ...tokenRows(sizes), passwordRow(sizes), ...auditRows(sizes)]
}
