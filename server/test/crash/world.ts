import { createCipheriv, createHash } from 'node:crypto'
import { digestOf } from '../../../conformance/kit/image.ts'
import type { Random } from '../../src/ports/random/random.ts'
import { type Asked, Registers } from './registers.ts'
import type { Reply } from './wire.ts'

export const repositories = ['acme/app', 'acme/base', 'solo'] as const
export const tags = ['v1', 'v2', 'latest', 'edge', 'signed'] as const

/** Content that can be made again from its number. */
export interface Blob {
  readonly number: number
  readonly digest: string
  readonly size: number
}

export interface Manifest {
  readonly repository: string
  readonly digest: string
  readonly mediaType: string
  readonly bytes: Buffer
  readonly blobs: readonly string[]
  readonly manifests: readonly string[]
  readonly subject?: string
}

/** An upload of which some bytes were acknowledged. */
export interface Session {
  readonly repository: string
  readonly blob: Blob
  location: string
  acknowledged: number
  until: number
  /** Its last request was sent: it may be over. */
  closing: boolean
  /** A client works with it. */
  taken: boolean
}

export interface Deletion {
  /** Of the manifest that is to go. */
  readonly key: string
  /** All that may go with it. */
  readonly asked: Asked[]
}

export const holdingKey = (repository: string, digest: string): string => `blob ${repository} ${digest}`
export const manifestKey = (repository: string, digest: string): string => `manifest ${repository} ${digest}`
export const tagKey = (repository: string, tag: string): string => `tag ${repository} ${tag}`

/** What all clients know together, and what they have found wrong. */
export class World {
  readonly random: Random
  readonly registers: Registers
  readonly blobs: Map<string, Blob> = new Map()
  /** By key; those that may be there. */
  readonly manifests: Map<string, Manifest> = new Map()
  readonly sessions: Set<Session> = new Set()
  /** Those that have no answer yet. */
  readonly deletions: Set<Deletion> = new Set()
  readonly wrong: string[] = []
  /** How often each answer was given, by method and status. */
  readonly answers: Map<string, number> = new Map()
  /** Uploads that a process which was killed has claimed are refused until they expire: others cannot know that it is dead. */
  mayBeBusy = false
  /** ms by which the server's clock, and this one, is ahead. */
  ahead = 0
  readonly #seed: number
  #blobs = 0

  constructor(seed: number, random: Random) {
    this.#seed = seed
    this.random = random
    this.registers = new Registers(() => this.now())
  }

  now(): number {
    return Date.now() + this.ahead
  }

  newBlob(size: number): Blob {
    const number = ++this.#blobs
    const blob = { number, size, digest: digestOf(this.bytesOf({ number, size })) }
    this.blobs.set(blob.digest, blob)
    return blob
  }

  bytesOf({ number, size }: Pick<Blob, 'number' | 'size'>): Buffer {
    const key = createHash('sha256').update(`${this.#seed}/${number}`).digest()
    const cipher = createCipheriv('aes-128-ctr', key.subarray(0, 16), key.subarray(16))
    return cipher.update(Buffer.alloc(size))
  }

  pick<T>(from: readonly T[]): T | undefined {
    return from.length === 0 ? undefined : from[this.random.int(from.length)]
  }

  chance(one: number): boolean {
    return this.random.int(one) === 0
  }

  say(what: string): void {
    this.wrong.push(what)
  }

  /** True: it was done. An answer that is neither `status` nor one of the refusals should not have been given. */
  settle(
    asked: readonly Asked[],
    reply: Reply | undefined,
    { what, done, refusals }: { what: string; done: number; refusals: readonly number[] },
  ): boolean {
    const status = reply?.status ?? 0
    const count = `${what} ${status === 0 ? 'unanswered' : status}`
    this.answers.set(count, (this.answers.get(count) ?? 0) + 1)
    if (status === done) for (const each of asked) each.answered()
    else if (reply === undefined || status >= 500) for (const each of asked) each.unanswered()
    else for (const each of asked) each.refused()
    const isBusy = this.mayBeBusy && status === 409 && (what === 'patch' || what === 'close')
    if (reply !== undefined && status !== done && !refusals.includes(status) && !isBusy) {
      this.say(`${what}: the answer was ${status} ${reply.body.toString().slice(0, 300)}`)
    }
    return status === done
  }
}
