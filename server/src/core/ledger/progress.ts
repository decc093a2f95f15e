/** How far long work has come. */
export interface Step {
  /** What is being done, for a person: `reading blobs`. */
  readonly phase: string
  readonly done: number
  /** Where it is known how much there is. */
  readonly of?: number
  readonly unit: 'files' | 'bytes' | 'rows' | 'artifacts'
}

/** Called often: whoever shows it decides how often to. */
export type Progress = (step: Step) => void
