import { RegistryError } from './error.ts'

/** What a namespace uses, or may use: bytes of holdings and manifests, repositories, manifests. */
export interface Usage {
  readonly bytes: number
  readonly repositories: number
  readonly manifests: number
}

/** A bound that is not there is no bound. */
export type Quota = Partial<Usage>

/** By namespace, `*` for each of those that have none of their own. */
export type Quotas = Pick<ReadonlyMap<string, Quota>, 'get'>

const measures = ['bytes', 'repositories', 'manifests'] as const

const none: Quota = Object.freeze({})

export function quotaOf(quotas: Quotas, namespace: string): Quota {
  return quotas.get(namespace) ?? quotas.get('*') ?? none
}

/** @throws RegistryError `quota-exceeded`: with `more`, the namespace would use more than its quota */
export function requireRoom(quota: Quota, namespace: string, used: Usage, more: Partial<Usage>): void {
  for (const measure of measures) {
    const limit = quota[measure]
    const add = more[measure] ?? 0
    if (limit !== undefined && add > 0 && used[measure] + add > limit) {
      throw new RegistryError('quota-exceeded', { namespace, measure, used: used[measure], add, limit })
    }
  }
}
