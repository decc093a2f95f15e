import type { ConfigKey } from './config.ts'

/** Where a value comes from. */
export interface Source {
  readonly from: 'flag' | 'environment' | 'file' | 'default'
  /** `--listen`, `LADING_LISTEN`, `lading.yaml:3`; empty for a default. */
  readonly where: string
}

export type Sources = { readonly [K in ConfigKey]: Source }
