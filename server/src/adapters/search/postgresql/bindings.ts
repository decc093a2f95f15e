export type SqlParameter = string | number | boolean | null | readonly (string | number | boolean | null)[]

/** What a statement binds, gathered while its text is written. */
export class Bindings {
  readonly values: SqlParameter[] = []

  /** What stands for the value in the text. */
  add(value: SqlParameter): string {
    return `$${this.values.push(value)}`
  }
}
