import type { Standing } from '../../boot/admin/look-at-registry.ts'
import type { Status } from '../../boot/operator.ts'
import type { Config } from '../../config/config.ts'

/** What a check may look at. */
export interface Patient {
  readonly config: Config
  /** There is a registry to look at: a data folder with records in it, or a database. */
  readonly hasData: boolean
  /** The data folder itself has the records. */
  readonly hasRecords: boolean
  /** A server runs on the data folder, whatever it can say of itself. */
  readonly runs?: boolean
  /** That server, in its own words; absent where none runs, or it cannot say how it stands. */
  readonly server?: Status
  /** As the server says, or the folder itself; absent where neither could be asked. */
  readonly standing?: Standing
  /** Which registry's records these are; `id` is absent where there are none yet, all of it where nobody looked. */
  readonly registry?: { readonly id?: string; readonly contentPlace: string | undefined }
  /** ms since 1970 */
  readonly now: number
}

export interface Finding {
  readonly state: 'ok' | 'warning' | 'problem'
  /** One sentence. */
  readonly says: string
  /** What mends it, with the command where there is one; absent where `says` says it. */
  readonly mend?: string
}

export interface Check {
  /** Two or three words. */
  readonly name: string
  /** Empty where there is nothing to look at. What it throws is told as a problem. */
  run(patient: Patient): Promise<readonly Finding[]> | readonly Finding[]
}

export function ok(says: string): Finding {
  return { state: 'ok', says }
}

export function warning(says: string, mend: string): Finding {
  return { state: 'warning', says, mend }
}

export function problem(says: string, mend: string): Finding {
  return { state: 'problem', says, mend }
}

/** A path or a name that can be pasted into a shell. */
export function quoted(text: string): string {
  return /^[\w./:@-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
