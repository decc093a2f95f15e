import { retentionOf } from '../../domain/retention.ts'
import { repositories } from '../content/tables.ts'
import type { Caller } from '../ledger/caller.ts'
import type { Core } from '../ledger/core.ts'
import { eachRow } from '../ledger/each-row.ts'
import { carryOut, type GcItem, type Going } from './going.ts'
import { goingHolds } from './history-window.ts'
import { goingManifests } from './retain-manifests.ts'
import { goingTags, type RetentionRules } from './retain-tags.ts'

export type { RetentionRules }

/**
 * What the rules let go: of each repository its tags, then its manifests. What one step sets free is left to a later
 * run, when its own time has passed.
 */
export async function* goingByRules(
  core: Core,
  rules: RetentionRules,
  signal: AbortSignal,
): AsyncGenerator<Going> {
  if (rules.retentions.size === 0) return
  const caller: Caller = { principal: { kind: 'system', name: 'retention' }, requestId: 'retention', signal }
  for await (const home of eachRow(core.store, repositories)) {
    if (signal.aborted) return
    const { tags, untagged } = retentionOf(rules.retentions, home.namespace)
    if (tags.length > 0) yield* goingTags(core, rules, home, caller)
    if (untagged !== undefined) yield* goingManifests(core, rules, home, caller)
  }
}

/** What would go, or is kept although a rule lets it go, and why. Changes nothing. */
export async function* planRetention(
  core: Core,
  rules: RetentionRules,
  signal: AbortSignal,
): AsyncGenerator<GcItem> {
  for (const found of [goingByRules(core, rules, signal), goingHolds(core)]) {
    for await (const { items } of found) {
      if (signal.aborted) return
      yield* items
    }
  }
}

/** Lets it go. One that is cut short begins anew, and finds less. */
export async function applyRetention(
  core: Core,
  rules: RetentionRules,
  signal: AbortSignal,
  gone: (item: GcItem) => void = () => {},
): Promise<{ readonly tags: number; readonly manifests: number; readonly holds: number }> {
  const counts = { tag: 0, manifest: 0, hold: 0 }
  const count = (item: GcItem): void => {
    counts[item.what as keyof typeof counts]++
    gone(item)
  }
  await carryOut(goingByRules(core, rules, signal), signal, count)
  await carryOut(goingHolds(core), signal, count)
  return { tags: counts.tag, manifests: counts.manifest, holds: counts.hold }
}
