import type { Table } from '../../../ports/store/table.ts'

export type JobRow = {
  id: string
  kind: string
  /** JSON. */
  payload: string
  state: 'ready' | 'running' | 'dead'
  /** `ready`: not before then. `running`: the lease ends then. `dead`: since then. */
  due: number
  attempts: number
  /** Who runs it: the boot id of a process. Empty when nobody does. */
  holder: string
  lastError: string
  /** The job's `once`, or its id where it has none: two jobs of one name cannot stand. */
  once: string
}

/** A finished job leaves no row. */
export const jobs: Table<JobRow> = {
  name: 'jobs',
  columns: {
    id: 'text',
    kind: 'text',
    payload: 'text',
    state: 'text',
    due: 'integer',
    attempts: 'integer',
    holder: 'text',
    lastError: 'text',
    once: 'text',
  },
  key: ['id'],
  unique: { once: ['once'] },
  indexes: { due: ['state', 'due'] },
}
