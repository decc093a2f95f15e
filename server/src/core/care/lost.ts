import type { Digest } from '../../domain/digest.ts'

/** Content that could not be copied whole. */
export interface LostContent {
  readonly digest: Digest
  readonly what: string
}

/** What a report names; more are counted. */
const listed = 1000

/** What is lost on the way, as it is found. */
export class Lost {
  readonly #first: LostContent[] = []
  count = 0

  tell(digest: Digest, what: string): void {
    this.count++
    if (this.#first.length < listed) this.#first.push({ digest, what })
  }

  get first(): readonly LostContent[] {
    return this.#first
  }
}
