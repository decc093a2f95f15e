/** What one look at the server found. Places in its log are in bytes. */
export interface Look {
  /** The oldest transaction that was under way, but for those that are no batch: every batch below it has ended. */
  readonly oldest: number
  /** Where the log ended after all that the look saw, and up to where it was on the disk. */
  readonly written: number
  readonly flushed: number
  /** Before the look, of `performance.timeOrigin + performance.now()`. */
  readonly asOf: number
}

interface Told {
  /** Of the transactions of batches that were told. */
  readonly highest: number
  /** The end of the log once it was seen. */
  readonly written: number
  /** Of the last look that found nothing higher. */
  asOf: number
}

/**
 * Where nothing is written yet, the next record's place is behind the head of its page. And a batch has written its
 * transaction's number before the record of its commit, which is as long.
 */
const slackBytes = 40

/**
 * Up to which transaction all is told, and none of its numbers is given out again: a server that crashes begins again behind
 * the highest one in the part of its log that was on the disk, and a mark from before must not be above what comes then.
 */
export class Marks {
  /** In the order of `highest`. The last one is what was told until now. */
  readonly #told: Told[]
  /** Of a batch, and in the log on the disk. */
  #kept: number
  #oldest = 0

  /** `highest`: of the transactions of all batches that a look saw. `kept`: what was known before, in the same era. */
  constructor(highest: number, look: Look, kept: number = 0) {
    this.#told = [{ highest, written: look.written, asOf: look.asOf }]
    this.#kept = kept
    this.#note(look)
  }

  /** Everything that was told is below the mark. */
  get isSettled(): boolean {
    return (this.#told.at(-1)?.highest ?? 0) < this.mark
  }

  /** Of a batch whose number no other transaction gets, even if the server crashes. */
  get kept(): number {
    return this.#kept
  }

  get mark(): number {
    return Math.min(this.#oldest, this.#kept + 1)
  }

  /** After a look: until when (`Look.asOf`) all that was told is below the mark. undefined: of nothing of it. */
  after(highest: number, look: Look): number | undefined {
    const last = this.#told.at(-1)
    if (last !== undefined && highest <= last.highest) last.asOf = look.asOf
    else this.#told.push({ highest, written: look.written, asOf: look.asOf })
    return this.#note(look)
  }

  #note({ oldest, flushed }: Look): number | undefined {
    this.#oldest = oldest
    const onDisk = this.#told.findLastIndex(({ written }) => written - slackBytes <= flushed)
    this.#kept = Math.max(this.#kept, this.#told[onDisk]?.highest ?? 0)
    const settled = this.#told.findLastIndex(({ highest }) => highest < this.mark)
    // Of what is on the disk and waits for others alone, one says it all.
    const asOf = this.#told[settled]?.asOf
    if (onDisk > settled + 1) this.#told.splice(settled + 1, onDisk - settled - 1)
    if (settled > 0) this.#told.splice(0, settled)
    return asOf
  }
}
