import type { Core } from '../ledger/core.ts'
import type { Progress } from '../ledger/progress.ts'
import { goingContent, goingHoldings } from './collect.ts'
import { goingTrash } from './empty-trash.ts'
import { goingUploads } from './expire-uploads.ts'
import { carryOut, type GcItem, type Going, type KindOfGoing, kindsOfGoing } from './going.ts'
import { goingHolds } from './history-window.ts'
import { goingByRules, type RetentionRules } from './retention.ts'
import { goingOrphans } from './sweep.ts'

export interface GcOptions {
  /** Changes nothing, and tells what would go now. */
  readonly dryRun?: boolean
  readonly progress?: Progress
  /** What went until it aborts is in the report; what is left goes another time. */
  readonly signal: AbortSignal
}

export interface GcReport {
  readonly dryRun: boolean
  /** False where the signal aborted first. */
  readonly complete: boolean
  /** What went, or would: how many, and how many bytes. `trash` alone are bytes that the disk has back at once. */
  readonly by: { readonly [K in KindOfGoing]: { readonly count: number; readonly bytes: number } }
  /** The first `limits.reportedItems` of it, and of what stays although a rule lets it go. */
  readonly items: readonly GcItem[]
  /** As many more are not in `items`. */
  readonly unlisted: number
  /** Tags that a rule lets go and that stay, since they are immutable. */
  readonly staying: number
}

/** A part of the work; one never finds what an earlier one sets free, which has its own time to wait. */
interface Part {
  readonly phase: string
  find(): AsyncIterable<Going>
}

/** All that the jobs do by the clock, at once. What goes is decided by the same rules, dry run or not. */
export async function runGc(core: Core, rules: RetentionRules, options: GcOptions): Promise<GcReport> {
  const { dryRun = false, progress = () => {}, signal } = options
  const tally = new Tally(core.limits.reportedItems)
  for (const { phase, find } of parts(core, rules, signal)) {
    let done = 0
    progress({ phase, done, unit: 'rows' })
    const note = (item: GcItem): void => {
      tally.add(item)
      progress({ phase, done: ++done, unit: 'rows' })
    }
    if (dryRun) await list(find(), signal, note)
    else await carryOut(withStaying(find(), note), signal, note)
  }
  return { dryRun, complete: !signal.aborted, ...tally.report() }
}

/** What garbage collection would take now, from the records and the files alone: without the rules of retention. */
export async function* planCollection(core: Core, signal: AbortSignal): AsyncGenerator<GcItem> {
  for (const { find } of collecting(core, signal)) {
    for await (const { items } of find()) {
      if (signal.aborted) return
      yield* items
    }
  }
}

function parts(core: Core, rules: RetentionRules, signal: AbortSignal): readonly Part[] {
  const [uploads, ...rest] = collecting(core, signal)
  return [
    uploads,
    { phase: 'applying retention rules', find: () => goingByRules(core, rules, signal) },
    { phase: 'closing the history window', find: () => goingHolds(core) },
    ...rest,
  ]
}

function collecting(core: Core, signal: AbortSignal): readonly [Part, ...Part[]] {
  return [
    { phase: 'expiring uploads', find: () => goingUploads(core) },
    { phase: 'collecting holdings', find: () => goingHoldings(core) },
    { phase: 'collecting content', find: () => goingContent(core) },
    { phase: 'emptying the trash', find: () => goingTrash(core) },
    { phase: 'looking for files without a record', find: () => goingOrphans(core, signal) },
  ]
}

async function list(
  found: AsyncIterable<Going>,
  signal: AbortSignal,
  note: (item: GcItem) => void,
): Promise<void> {
  for await (const { items } of found) {
    if (signal.aborted) return
    items.forEach(note)
  }
}

/** What stays is told too, in a run that lets the rest go. */
async function* withStaying(
  found: AsyncIterable<Going>,
  note: (item: GcItem) => void,
): AsyncGenerator<Going> {
  for await (const going of found) {
    for (const item of going.items) if (item.stays) note(item)
    yield going
  }
}

class Tally {
  readonly #most: number
  readonly #by: Record<KindOfGoing, { count: number; bytes: number }>
  readonly #items: GcItem[] = []
  #seen = 0
  #staying = 0

  constructor(most: number) {
    this.#most = most
    this.#by = Object.fromEntries(
      kindsOfGoing.map((what) => [what, { count: 0, bytes: 0 }]),
    ) as unknown as Record<KindOfGoing, { count: number; bytes: number }>
  }

  add(item: GcItem): void {
    this.#seen++
    if (this.#items.length < this.#most) this.#items.push(item)
    if (item.stays) {
      this.#staying++
      return
    }
    const sum = this.#by[item.what]
    sum.count++
    sum.bytes += item.bytes
  }

  report(): Pick<GcReport, 'by' | 'items' | 'unlisted' | 'staying'> {
    const unlisted = this.#seen - this.#items.length
    return { by: this.#by, items: this.#items, unlisted, staying: this.#staying }
  }
}
