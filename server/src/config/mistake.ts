import type { ValuePath } from './setting-type.ts'

/** One thing that is wrong with what was configured. */
export interface Mistake {
  /** Where a person finds it: `lading.yaml:3`, `LADING_LISTEN`, `--listen`. */
  readonly where: string
  /** A sentence that names the setting. */
  readonly message: string
}

export function describeMistake({ where, message }: Mistake): string {
  return where === '' ? message : `${where}: ${message}`
}

/** `users`, [0, 'name'] → `users[0].name` */
export function describePath(key: string, path: ValuePath): string {
  const steps = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
  return `${key}${steps.join('')}`
}
