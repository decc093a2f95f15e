export interface PartPlanOptions {
  /** Of the first parts. */
  readonly partBytes: number
  /** For bytes of all uploads together: four parts, or more. */
  readonly memoryBytes: number
  /** That a file may have. */
  readonly mostParts: number
}

/** Parts are equal up to this share of them, which some servers want of all; those beyond grow, for files that are larger still. */
const steps: readonly { readonly upTo: number; readonly times: number }[] = [
  { upTo: 0.4, times: 1 },
  { upTo: 0.6, times: 2 },
  { upTo: 0.8, times: 4 },
  { upTo: 1, times: 8 },
]
/** Of all memory, for one part that has grown; twice the first ones it has always room for. */
const largestShare = 1 / 4

/** How a file is cut. What is too short for a part is one nevertheless when the file is sealed: the last. */
export class PartPlan {
  readonly #options: PartPlanOptions

  constructor(options: PartPlanOptions) {
    this.#options = options
  }

  /** Of whole parts, so that there is room for the last one. */
  get mostWhole(): number {
    return this.#options.mostParts - 1
  }

  /** The largest file that can be sealed. */
  get mostBytes(): number {
    let bytes = 0
    for (let number = 1; number <= this.#options.mostParts; number++) bytes += this.bytesOf(number)
    // A whole part is sent as soon as it is whole.
    return bytes - 1
  }

  /** @param number counted from 1 */
  bytesOf(number: number): number {
    const { partBytes, memoryBytes, mostParts } = this.#options
    const times = steps.find(({ upTo }) => number <= upTo * mostParts)?.times ?? 1
    return Math.min(times * partBytes, Math.max(2 * partBytes, Math.floor(memoryBytes * largestShare)))
  }
}
