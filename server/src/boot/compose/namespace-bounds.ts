import type { Rights } from '../../core/access/rights.ts'
import type { ImmutableTags } from '../../core/policy/immutable-tags.ts'
import type { Quota, Quotas } from '../../domain/quota.ts'

/** What the namespaces themselves have set, beside what the configuration has. Asked anew each time. */
export type CurrentRights = () => Rights | undefined

/** What a namespace has of its own goes before the configuration, measure by measure. */
export function quotasWith(configured: Quotas, current: CurrentRights): Quotas {
  return {
    get: (namespace): Quota | undefined => {
      // That of every namespace is the configuration's.
      const own = namespace === '*' ? undefined : current()?.ruleOf(namespace)?.kept?.quota
      if (own === undefined || Object.keys(own).length === 0) return configured.get(namespace)
      return { ...(configured.get(namespace) ?? configured.get('*')), ...own }
    },
  }
}

/** What is immutable by the configuration stays so, whatever a namespace takes out of its own patterns. */
export function immutableTagsWith(configured: ImmutableTags, current: CurrentRights): ImmutableTags {
  return {
    get: (namespace) => configured.get(namespace),
    ownOf: (namespace) => current()?.ruleOf(namespace)?.kept?.immutableTags ?? [],
  }
}
