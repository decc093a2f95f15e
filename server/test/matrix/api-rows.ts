import { accountRows } from './account-rows.ts'
import { logRows } from './log-rows.ts'
import { namespaceRows } from './namespace-rows.ts'
import { organisationRows } from './organisation-rows.ts'
import type { Rows } from './row.ts'

/** By operation of the API: its method and path. */
export const apiRows: Rows = { ...accountRows, ...organisationRows, ...namespaceRows, ...logRows }
