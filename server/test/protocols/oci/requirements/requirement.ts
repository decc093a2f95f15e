import type { OciClient } from './oci-client.ts'

/** One thing that a registry of the distribution spec does, as a check of any registry that answers at some address. */
export interface Requirement {
  /** `<group>/<what>`. */
  readonly id: string
  /** Where the spec says so; of what Lading promises beyond it, `Lading`. */
  readonly section: string
  /** Rejects where it does not hold. Works in repositories of its own. */
  check(client: OciClient): Promise<void>
}
