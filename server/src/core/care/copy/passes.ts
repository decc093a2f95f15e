import { blobs } from '../../content/tables.ts'
import { copyBlobs } from './copy-blobs.ts'
import { LogCopy, readingOf, readLog } from './copy-log.ts'
import type { CopiedPart, CopyRun } from './copy-run.ts'
import { copyTable, type TableSeen } from './copy-table.ts'
import type { Finding } from './merge-rows.ts'
import { isCopied } from './what-is-copied.ts'

/** What one pass over all records has found. */
export interface PassSeen {
  /** ms since 1970, when it began: what was committed before is there. */
  readonly asOf: number
  /** Rows and entries that were another, beyond what passes by itself. */
  readonly changed: number
  readonly parts: readonly CopiedPart[]
}

/**
 * Passes over all records of a source that may change meanwhile. One that finds nothing proves that the target is what the
 * source was when the pass began: every row stayed as it was from one pass to the next, so all of them stood at once between
 * the two.
 */
export class CopyPasses {
  readonly #run: CopyRun
  readonly #logs: readonly LogCopy[]
  count = 0

  constructor(run: CopyRun) {
    this.#run = run
    this.#logs = run.target.schema.logs.map((log) => new LogCopy(run, log))
  }

  /** At most `bounds.passes`, and the last. `frozenAt`: when the state was taken that is read; the logs stay then. */
  async untilQuiet(reads: Finding, frozenAt?: number): Promise<PassSeen> {
    let last = await this.once(reads, frozenAt)
    for (let passes = 1; last.changed > 0 && passes < this.#run.bounds.passes; passes++) {
      last = await this.once(reads, frozenAt)
    }
    return last
  }

  /** Answers how many entries there were to be copied. */
  async logs(): Promise<number> {
    let added = 0
    for (const log of this.#logs) added += await log.run()
    return added
  }

  /** One pass, whatever it finds. */
  async once(reads: Finding, frozenAt?: number): Promise<PassSeen> {
    const { core, target, claim } = this.#run
    const asOf = frozenAt ?? core.clock.now()
    const parts: CopiedPart[] = []
    let changed = 0
    for (const table of target.schema.tables.filter(isCopied)) {
      const isBlobs = table.name === blobs.name
      const seen = isBlobs ? await copyBlobs(this.#run, reads) : await copyTable(this.#run, table, reads)
      if (seen.changed === 0) requireEqual(table.name, seen)
      changed += seen.changed
      const digest = seen.digests?.source
      parts.push({ name: table.name, count: seen.rows, ...(digest !== undefined && { digest }) })
    }
    if (frozenAt === undefined) changed += await this.logs()
    if (changed === 0) parts.push(...(await this.#readLogs()))
    await claim.note(asOf)
    this.count++
    return { asOf, changed, parts }
  }

  async #readLogs(): Promise<CopiedPart[]> {
    const { target } = this.#run
    const reading = readingOf(this.#run)
    const parts: CopiedPart[] = []
    for (const [at, log] of target.schema.logs.entries()) {
      const [found, wanted] = [await readLog(target.store, log, reading), this.#logs[at]?.seen]
      if (found.count !== wanted?.count || found.digest() !== wanted.digest()) throw contradiction(log.name)
      parts.push({ name: log.name, count: found.count, digest: found.digest() })
    }
    return parts
  }
}

/** What was compared row by row is held against one number each, too. */
function requireEqual(name: string, { digests }: TableSeen): void {
  if (digests !== undefined && digests.source !== digests.target) throw contradiction(name)
}

function contradiction(name: string): Error {
  return new Error(`${name} of the target is not what was written there, though nothing else may write there`)
}
