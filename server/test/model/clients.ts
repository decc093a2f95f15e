import assert from 'node:assert/strict'
import type { Caller, Registry } from '../../src/boot/registry.ts'
import { collect } from '../../src/core/gc/collect.ts'
import { emptyTrash } from '../../src/core/gc/empty-trash.ts'
import { expireUploads } from '../../src/core/gc/expire-uploads.ts'
import { sweep } from '../../src/core/gc/sweep.ts'
import { isRegistryError } from '../../src/domain/error.ts'
import { parseTag } from '../../src/domain/tag.ts'
import { Promises } from './promises.ts'
import type { Step } from './steps.ts'
import { contents, digests, limits, manifests, type Process, repositories, type World } from './world.ts'

/** One for each run: what listens to a signal is kept as long as the signal. */
export function newCaller(): Caller {
  return {
    principal: { kind: 'user', name: 'ada' },
    requestId: 'model',
    signal: new AbortController().signal,
  }
}

const hour = 3_600_000
const forever = Number.POSITIVE_INFINITY

export const blobKey = (repository: number, blob: number): string => `blob ${repository} ${blob}`
export const manifestKey = (repository: number, manifest: number): string =>
  `manifest ${repository} ${manifest}`

/** Carries out steps against a process, and holds its answers against what it has promised. */
export class Clients {
  readonly promises: Promises
  readonly caller: Caller = newCaller()
  readonly #world: World
  #process: Process
  #died: PromiseWithResolvers<void> = Promise.withResolvers()

  constructor(world: World, process: Process) {
    this.#world = world
    this.#process = process
    this.promises = new Promises(() => world.now())
  }

  get process(): Process {
    return this.#process
  }

  async follow(steps: readonly Step[]): Promise<void> {
    for (const step of steps) {
      if (step.do === 'restart') await this.#restart()
      else await Promise.race([this.#died.promise, this.#takeInTime(step)])
    }
  }

  async #restart(): Promise<void> {
    this.#world.turns.kill()
    this.promises.killed()
    this.#world.turns.open = true
    this.#process = await this.#world.boot()
    this.#world.turns.open = false
    this.#died.resolve()
    this.#died = Promise.withResolvers()
  }

  /** What a client is in the middle of for longer than an upload lives may be lost to it, and only that. */
  async #takeInTime(step: Step): Promise<void> {
    const began = this.#world.now()
    try {
      await this.#take(step)
    } catch (error) {
      const late = this.#world.now() >= began + limits.uploadLifetime
      if (!late || !isRegistryError(error, 'upload-unknown')) throw error
    }
  }

  async #take(step: Step): Promise<void> {
    const { core } = this.#process
    switch (step.do) {
      case 'push':
        return void (await this.#push(step.repository, step.blob))
      case 'chunks':
        return await this.#chunks(step.repository, step.blob, step.cancel)
      case 'mount':
        return await this.#mount(step.repository, step.blob, step.from)
      case 'image':
        return await this.#image(step)
      case 'tag':
        return await this.#tag(step.repository, step.manifest, step.tag)
      case 'read':
        return await this.#read(step.repository, step.blob)
      case 'readTag':
        return await this.#readTag(step.repository, step.tag)
      case 'untag':
        return await this.#untag(step.repository, step.tag)
      case 'deleteManifest':
        return await this.#deleteManifest(step.repository, step.manifest)
      case 'deleteBlob':
        return await this.#deleteBlob(step.repository, step.blob)
      case 'wait':
        await this.#process.turn()
        return this.#world.pass(step.hours * hour)
      case 'collect':
        return void (await collect(core, this.caller.signal))
      case 'expire':
        return void (await expireUploads(core, this.caller.signal))
      case 'trash':
        return void (await emptyTrash(core, this.caller.signal))
      case 'sweep':
        return void (await sweep(core, this.caller.signal))
      case 'jobs':
        return await this.#process.runJobs()
      case 'restart':
        return
    }
  }

  get #registry(): Registry {
    return this.#process.registry
  }

  #body(blob: number): { bytes: AsyncIterable<Uint8Array>; length: number } {
    const { turn } = this.#process
    const bytes = contents[blob]!
    return {
      length: bytes.length,
      bytes: (async function* () {
        yield bytes.subarray(0, 4)
        await turn()
        yield bytes.subarray(4)
      })(),
    }
  }

  async #push(repository: number, blob: number): Promise<void> {
    const since = this.#begin(blobKey(repository, blob))
    const digest = digests[blob]!
    const answer = await this.#registry.uploads.push(
      this.caller,
      repositories[repository]!,
      digest,
      this.#body(blob),
    )
    assert.deepEqual(answer, { digest, size: contents[blob]!.length })
    since.keep(limits.graceTime)
  }

  async #chunks(repository: number, blob: number, cancel: boolean): Promise<void> {
    const since = this.#begin(blobKey(repository, blob))
    const name = repositories[repository]!
    const { uploads } = this.#registry
    const { id } = await uploads.begin(this.caller, name)
    const part = (start: number, end?: number): { bytes: AsyncIterable<Uint8Array>; length: number } => {
      const bytes = contents[blob]!.subarray(start, end)
      return { length: bytes.length, bytes: one(bytes) }
    }
    await uploads.append(this.caller, name, id, part(0, 3))
    assert.equal((await uploads.status(this.caller, name, id)).offset, 3)
    if (cancel) return await uploads.cancel(this.caller, name, id)
    await uploads.append(this.caller, name, id, part(3, 4))
    await uploads.finish(this.caller, name, id, digests[blob]!, part(4))
    since.keep(limits.graceTime)
  }

  async #mount(repository: number, blob: number, from: boolean): Promise<void> {
    const since = this.#begin(blobKey(repository, blob))
    const digest = digests[blob]!
    const source = from ? repositories[1 - repository]! : undefined
    const answer = await this.#registry.uploads.mount(this.caller, repositories[repository]!, digest, source)
    if (answer === undefined) return
    assert.equal(answer.size, contents[blob]!.length)
    since.keep(limits.graceTime)
  }

  /** What a client does to push an image: blobs, unless they are there already, then the manifest. */
  async #image(step: Step & { readonly do: 'image' }): Promise<void> {
    const { repository, manifest, tag, skip } = step
    const needs: (() => boolean)[] = []
    for (const child of manifests[manifest]!.manifests) {
      needs.push(await this.#blobsOf(repository, child, skip))
      const since = this.#begin(manifestKey(repository, child))
      if (!(await this.#put(repository, child, manifests[child]!.digest, needs))) return
      needs.push(since.undisturbed)
      since.keep(forever)
    }
    needs.push(await this.#blobsOf(repository, manifest, skip))
    const since = this.#begin(manifestKey(repository, manifest))
    const reference = tag === '' ? manifests[manifest]!.digest : parseTag(tag)
    if (await this.#put(repository, manifest, reference, needs)) since.keep(forever)
  }

  /** Answers whether the blobs must still be there. */
  async #blobsOf(repository: number, manifest: number, skip: boolean): Promise<() => boolean> {
    const checks: (() => boolean)[] = []
    for (const blob of manifests[manifest]!.blobs) {
      const since = this.#begin(blobKey(repository, blob))
      const there = skip && (await this.#stat(repository, blob))
      if (!there) await this.#push(repository, blob)
      const span = there ? limits.graceTime / 2 : limits.graceTime
      checks.push(() => since.undisturbed() && !since.waited(span))
    }
    return () => checks.every((holds) => holds())
  }

  async #stat(repository: number, blob: number): Promise<boolean> {
    try {
      await this.#registry.blobs.stat(this.caller, repositories[repository]!, digests[blob]!)
      return true
    } catch (error) {
      if (isRegistryError(error, 'blob-unknown')) return false
      throw error
    }
  }

  async #put(
    repository: number,
    manifest: number,
    reference: Parameters<Registry['manifests']['put']>[1]['reference'],
    needs: readonly (() => boolean)[],
  ): Promise<boolean> {
    const { bytes, type, digest } = manifests[manifest]!
    try {
      const request = {
        repository: repositories[repository]!,
        reference,
        tags: [],
        contentType: type,
        bytes,
        expect: {},
      }
      const answer = await this.#registry.manifests.put(this.caller, request)
      assert.equal(answer.digest, digest)
      return true
    } catch (error) {
      if (!isRegistryError(error, 'manifest-reference-unknown')) throw error
      assert(
        !needs.every((holds) => holds()),
        `a push was refused for content that was acknowledged: ${error.message}`,
      )
      return false
    }
  }

  async #tag(repository: number, manifest: number, tag: string): Promise<void> {
    const known = this.promises.get(manifestKey(repository, manifest))
    const watch = this.promises.watch(manifestKey(repository, manifest))
    const done = await this.#put(repository, manifest, parseTag(tag), [
      () => known !== undefined && watch.undisturbed(),
    ])
    if (done) this.promises.keep(manifestKey(repository, manifest), 'there', forever, watch)
  }

  async #read(repository: number, blob: number): Promise<void> {
    const promised = this.promises.get(blobKey(repository, blob))
    const watch = this.promises.watch(blobKey(repository, blob))
    try {
      const content = await this.#registry.blobs.open(this.caller, repositories[repository]!, digests[blob]!)
      assert.deepEqual(await gathered(content.bytes), Buffer.from(contents[blob]!))
    } catch (error) {
      if (!isRegistryError(error, 'blob-unknown')) throw error
      const holds = promised !== undefined && watch.undisturbed() && this.#world.now() < promised.until
      assert(!holds, `blob ${blob} of ${repositories[repository]} was acknowledged and is gone`)
    }
  }

  async #readTag(repository: number, tag: string): Promise<void> {
    try {
      const content = await this.#registry.manifests.get(repositories[repository]!, parseTag(tag))
      const at = manifests.findIndex(({ digest }) => digest === content.digest)
      assert.deepEqual(Buffer.from(content.bytes), manifests[at]!.bytes)
      await this.readWhole(repository, at)
    } catch (error) {
      if (!isRegistryError(error, 'manifest-unknown')) throw error
    }
  }

  /** A manifest that is there has all that it names. */
  async readWhole(repository: number, manifest: number): Promise<void> {
    const watch = this.promises.watch(manifestKey(repository, manifest))
    const { blobs, manifests: children } = manifests[manifest]!
    const name = repositories[repository]!
    try {
      await this.#registry.manifests.stat(this.caller, name, manifests[manifest]!.digest)
    } catch (error) {
      if (isRegistryError(error, 'manifest-unknown')) return
      throw error
    }
    for (const child of children) await this.readWhole(repository, child)
    for (const blob of blobs) {
      try {
        const content = await this.#registry.blobs.open(this.caller, name, digests[blob]!)
        assert.deepEqual(await gathered(content.bytes), Buffer.from(contents[blob]!))
      } catch (error) {
        if (!isRegistryError(error, 'blob-unknown')) throw error
        assert(!watch.undisturbed(), `manifest ${manifest} of ${name} is there, its blob ${blob} is gone`)
      }
    }
  }

  async #untag(repository: number, tag: string): Promise<void> {
    const gone = this.#registry.manifests.delete(this.caller, repositories[repository]!, parseTag(tag), {})
    await ignoring(['manifest-unknown'], gone)
  }

  async #deleteManifest(repository: number, manifest: number): Promise<void> {
    // What speaks of it may follow it, by a job at any time later.
    const keys = [manifest, ...(manifest === 0 ? [2] : [])].map((at) => manifestKey(repository, at))
    await this.promises.disturb(keys, async () => {
      const gone = this.#registry.manifests.delete(
        this.caller,
        repositories[repository]!,
        manifests[manifest]!.digest,
        {},
      )
      await ignoring(['manifest-unknown', 'manifest-in-use'], gone)
    })
  }

  async #deleteBlob(repository: number, blob: number): Promise<void> {
    await this.promises.disturb([blobKey(repository, blob)], async () => {
      const gone = this.#registry.blobs.delete(this.caller, repositories[repository]!, digests[blob]!)
      await ignoring(['blob-unknown', 'blob-in-use'], gone)
    })
  }

  /** From now on: what a success will promise, counted from before it was asked for. */
  #begin(key: string): {
    keep(span: number): void
    undisturbed: () => boolean
    waited(span: number): boolean
  } {
    const began = this.#world.now()
    const watch = this.promises.watch(key)
    return {
      keep: (span) => this.promises.keep(key, 'there', began + span, watch),
      undisturbed: () => watch.undisturbed(),
      waited: (span) => this.#world.now() >= began + span,
    }
  }
}

async function ignoring(codes: readonly string[], work: Promise<void>): Promise<void> {
  try {
    await work
  } catch (error) {
    if (!isRegistryError(error) || !codes.includes(error.code)) throw error
  }
}

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

export async function gathered(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of bytes) chunks.push(Uint8Array.from(chunk))
  return Buffer.concat(chunks)
}
