import { createCipheriv, createHash } from 'node:crypto'
import { digestOf } from '../../../../conformance/kit/image.ts'
import { heardWithinMs } from '../../../src/core/cache/hearing.ts'

interface Move {
  readonly digest: string
  /** Monotonic ms, as below. */
  acknowledged: number
}

/** What was acknowledged, and what of it was seen broken. */
export class Promises {
  /** By `<repository> <digest>`: what makes the content again. */
  readonly blobs: Map<string, { readonly number: number; readonly size: number }> = new Map()
  readonly manifests: Map<string, Buffer> = new Map()
  /** By `<repository> <tag>`: where its one writer has moved it, in that order. */
  readonly #tags = new Map<string, Move[]>()
  readonly wrong: string[] = []

  get tags(): readonly string[] {
    return [...this.#tags.keys()]
  }

  say(what: string): void {
    this.wrong.push(what)
  }

  /** Before the request leaves; answers what to call when it was acknowledged. */
  moving(tag: string, digest: string): () => void {
    const moves = this.#tags.get(tag) ?? []
    this.#tags.set(tag, moves)
    const move = { digest, acknowledged: Number.POSITIVE_INFINITY }
    moves.push(move)
    return () => {
      move.acknowledged = performance.now()
    }
  }

  /** `digest` undefined: it was not there. `asked`: when the reader began. */
  sawTag(tag: string, digest: string | undefined, asked: number): void {
    const moves = this.#tags.get(tag) ?? []
    const least = moves.findLastIndex(({ acknowledged }) => acknowledged < asked - heardWithinMs)
    const at = moves.findLastIndex((move) => move.digest === digest)
    if (at >= least) return
    const old = asked - (moves[at + 1]?.acknowledged ?? 0)
    this.say(`${tag} is at ${digest} (move ${at}), and move ${least} was acknowledged; stale by ${old} ms`)
  }

  /** When all has been quiet for longer than news may take. */
  mayBe(tag: string): ReadonlySet<string> {
    const moves = this.#tags.get(tag) ?? []
    const least = moves.findLastIndex(({ acknowledged }) => acknowledged < Number.POSITIVE_INFINITY)
    return new Set(moves.slice(Math.max(0, least)).map(({ digest }) => digest))
  }
}

/** Content that can be made again. */
export function bytesOf(number: number, size: number): Buffer {
  const key = createHash('sha256').update(`topology ${number}`).digest()
  const cipher = createCipheriv('aes-128-ctr', key.subarray(0, 16), key.subarray(16))
  return cipher.update(Buffer.alloc(size))
}

let numbers = 0

export function newBlob(size: number): { number: number; size: number; bytes: Buffer; digest: string } {
  const number = ++numbers
  const bytes = bytesOf(number, size)
  return { number, size, bytes, digest: digestOf(bytes) }
}
