import assert from 'node:assert/strict'
import { digestOf, ociManifest } from '../../../conformance/kit/image.ts'
import { seededRandom } from '../../src/adapters/random/seeded/seeded-random.ts'
import type { Random } from '../../src/ports/random/random.ts'
import { type Answer, type Ask, ask } from '../kit/http-client.ts'
import type { Asked } from './promises.ts'

interface Blob {
  readonly bytes: Buffer
  readonly digest: string
}

const kib = 1024
/** Whole buffers of that go past the system's cache. */
const pastTheCache = 1100 * kib
const octets = 'application/octet-stream'

/** One client with a repository of its own, which notes what it asks for. */
export class RecordedClient {
  readonly #repository: string
  readonly #client: number
  readonly #random: Random
  readonly #asked: Asked[]
  readonly #tags = new Map<string, string>()
  readonly #manifests: Blob[] = []
  #url = ''
  #requests = 0

  constructor(client: number, seed: number, asked: Asked[]) {
    this.#client = client
    this.#repository = `acme/app-${client}`
    this.#random = seededRandom(seed * 31 + client)
    this.#asked = asked
  }

  /** One round of all that changes something. */
  async work(url: string): Promise<void> {
    this.#url = url
    const [config, small, large] = [this.#blob(200), this.#blob(5 * kib), this.#blob(100 * kib)]
    for (const blob of [config, small, large]) await this.#pushWhole(blob)
    // It takes much to trace: one of the clients is enough.
    if (this.#client === 0) await this.#pushWhole(this.#blob(pastTheCache))
    await this.#putManifest([config, small, large], 'v1')
    const chunked = this.#blob(150 * kib)
    await this.#pushInChunks(chunked)
    await this.#pushWhole(large)
    await this.#putManifest([config, chunked], 'latest', 70 * kib)
    await this.#putManifest([config, small], 'v1')
    await this.#leave(80 * kib)
    await this.#deleteTag('latest')
    const unnamed = this.#blob(90 * kib)
    await this.#pushWhole(unnamed)
    await this.#deleteBlob(unnamed)
    await this.#deleteManifest(this.#manifests[0]!)
  }

  #blob(size: number): Blob {
    const bytes = Buffer.from(this.#random.bytes(size + this.#random.int(size)))
    return { bytes, digest: digestOf(bytes) }
  }

  async #pushWhole({ bytes, digest }: Blob): Promise<void> {
    const path = `/v2/${this.#repository}/blobs/uploads/?digest=${digest}`
    const headers = { 'Content-Type': octets }
    await this.#ask(201, { method: 'POST', path, headers, body: bytes }, [this.#holding(digest, 'held')])
  }

  async #pushInChunks({ bytes, digest }: Blob): Promise<void> {
    let location = await this.#begin()
    const chunk = Math.ceil(bytes.length / 4)
    for (let at = 0; at + chunk < bytes.length; at += chunk) {
      location = await this.#patch(location, bytes.subarray(at, at + chunk), at)
    }
    const body = bytes.subarray(bytes.length - (bytes.length % chunk || chunk))
    const path = `${location}?digest=${digest}`
    await this.#ask(201, { method: 'PUT', path, body }, [this.#holding(digest, 'held')])
  }

  /** An upload that nobody goes on with. */
  async #leave(size: number): Promise<void> {
    const { bytes } = this.#blob(size)
    await this.#patch(await this.#begin(), bytes, 0)
  }

  async #begin(): Promise<string> {
    const path = `/v2/${this.#repository}/blobs/uploads/`
    return (await this.#ask(202, { method: 'POST', path }, [])).headers.location ?? ''
  }

  async #patch(path: string, body: Buffer, at: number): Promise<string> {
    const headers = { 'Content-Type': octets, 'Content-Range': `${at}-${at + body.length - 1}` }
    return (await this.#ask(202, { method: 'PATCH', path, headers, body }, [])).headers.location ?? ''
  }

  async #putManifest(blobs: readonly Blob[], tag: string, padding = 0): Promise<void> {
    const [config, ...layers] = blobs.map(({ bytes, digest }) => ({
      mediaType: octets,
      digest,
      size: bytes.length,
    }))
    const annotations = { nonce: this.#random.uuid(), padding: 'x'.repeat(padding) }
    const document = { schemaVersion: 2, mediaType: ociManifest, config, layers, annotations }
    const bytes = Buffer.from(JSON.stringify(document))
    const digest = digestOf(bytes)
    const path = `/v2/${this.#repository}/manifests/${tag}`
    const headers = { 'Content-Type': ociManifest }
    await this.#ask(201, { method: 'PUT', path, headers, body: bytes }, [
      this.#manifest(digest, 'there'),
      this.#tag(tag, digest),
    ])
    this.#tags.set(tag, digest)
    this.#manifests.push({ bytes, digest })
  }

  async #deleteTag(tag: string): Promise<void> {
    const path = `/v2/${this.#repository}/manifests/${tag}`
    await this.#ask(202, { method: 'DELETE', path }, [this.#tag(tag, '')])
    this.#tags.delete(tag)
  }

  /** Its tags go with it. */
  async #deleteManifest({ digest }: Blob): Promise<void> {
    const path = `/v2/${this.#repository}/manifests/${digest}`
    const gone = [...this.#tags].filter(([, named]) => named === digest).map(([tag]) => tag)
    const sets = [this.#manifest(digest, ''), ...gone.map((tag) => this.#tag(tag, ''))]
    await this.#ask(202, { method: 'DELETE', path }, sets)
    for (const tag of gone) this.#tags.delete(tag)
    this.#manifests.shift()
  }

  async #deleteBlob({ digest }: Blob): Promise<void> {
    const path = `/v2/${this.#repository}/blobs/${digest}`
    await this.#ask(202, { method: 'DELETE', path }, [this.#holding(digest, '')])
  }

  async #ask(status: number, wanted: Ask, sets: readonly (readonly [string, string])[]): Promise<Answer> {
    const id = `client-${this.#client}-${++this.#requests}`
    this.#asked.push({ id, client: this.#client, sets: new Map(sets) })
    const answer = await ask(this.#url, { ...wanted, headers: { ...wanted.headers, 'X-Request-Id': id } })
    assert.equal(answer.status, status, `${wanted.method} ${wanted.path}: ${answer.text()}`)
    return answer
  }

  #holding = (digest: string, value: string) => [`blob ${this.#repository} ${digest}`, value] as const
  #manifest = (digest: string, value: string) => [`manifest ${this.#repository} ${digest}`, value] as const
  #tag = (tag: string, value: string) => [`tag ${this.#repository} ${tag}`, value] as const
}
