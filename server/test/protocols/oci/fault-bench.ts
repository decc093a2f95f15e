import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { setImmediate as turn } from 'node:timers/promises'
import { type Content, type Image, makeImage } from '../../../../conformance/kit/image.ts'
import { digestOf } from '../../../src/domain/digest-of.ts'
import { allFiles, checkInvariants } from '../../core/invariants.ts'
import { type FaultyBlobs, faultyBlobs } from '../../kit/faulty-blobs.ts'
import { type FaultyStore, faultyStore } from '../../kit/faulty-store.ts'
import { type Answer, type Ask, ask } from '../../kit/http-client.ts'
import { beginUpload, pushBlob, pushChunk, pushImage } from '../../kit/push-image.ts'
import { startTestRegistry, type TestRegistry, type TestRegistryOptions } from '../../kit/test-registry.ts'

export const app = '/v2/acme/app'
export const largeBytes = 200_000

/** A registry with an image, a blob that nothing names, an unfinished upload; and engines that fail when told to. */
export interface Bench extends AsyncDisposable {
  readonly registry: TestRegistry
  readonly store: FaultyStore
  readonly blobs: FaultyBlobs
  readonly image: Image
  readonly loose: Pick<Content, 'bytes' | 'digest'>
  /** Where the unfinished upload goes on; `largeBytes` of it are there. */
  readonly upload: string
  readonly begun: Buffer
  /** An answer, while the clock of the registry goes on. */
  ask(request: Ask): Promise<Answer>
  /** Stored files and their lengths in all. */
  stored(): Promise<number>
  /** Waits for what the registry does by itself. */
  until(holds: () => Promise<boolean> | boolean): Promise<void>
  checkInvariants(): Promise<void>
}

export async function faultBench(options: TestRegistryOptions = {}): Promise<Bench> {
  const [store, blobs] = [faultyStore(), faultyBlobs()]
  const registry = await startTestRegistry({ ...options, wrap: { store: store.wrap, blobs: blobs.wrap } })
  const { url, clock, composed } = registry
  const image = makeImage([100, largeBytes])
  const content = (length: number): Bench['loose'] => {
    const bytes = randomBytes(length)
    return { bytes, digest: digestOf(bytes) }
  }
  const loose = content(largeBytes)
  await pushImage(url, 'acme/app', 'v1', image)
  await pushBlob(url, 'acme/app', loose)
  const begun = randomBytes(largeBytes)
  const upload = await pushChunk(url, await beginUpload(url, 'acme/app'), begun, 0)
  const ticking = async <T>(work: Promise<T>): Promise<T> => {
    let done = false
    work
      .catch(() => undefined)
      .finally(() => {
        done = true
      })
    while (!done) {
      await turn()
      await clock.advance(1)
    }
    return await work
  }
  return {
    registry,
    store,
    blobs,
    image,
    loose,
    upload,
    begun,
    ask: (request) => ticking(ask(url, request)),
    stored: async () =>
      [...(await allFiles(composed.core)).values()].reduce((sum, length) => sum + length, 0),
    until: async (holds) => {
      for (let turns = 0; !(await holds()); turns++) {
        assert.ok(turns < 10_000, `waited in vain for: ${holds}`)
        await turn()
      }
    },
    checkInvariants: async () => {
      // Claims that could not be given back stand until the next writer comes, and are no contradiction.
      await checkInvariants(composed.core)
    },
    [Symbol.asyncDispose]: async () => {
      store.heal()
      blobs.heal()
      await registry[Symbol.asyncDispose]()
    },
  }
}
