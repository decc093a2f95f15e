import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { type Answer, type Ask, ask } from '../../../kit/http-client.ts'

export const manifestType = 'application/vnd.oci.image.manifest.v1+json'
export const indexType = 'application/vnd.oci.image.index.v1+json'
export const emptyType = 'application/vnd.oci.empty.v1+json'
export const configType = 'application/vnd.oci.image.config.v1+json'
export const layerType = 'application/vnd.oci.image.layer.v1.tar+gzip'

export interface Descriptor {
  readonly mediaType: string
  readonly digest: string
  readonly size: number
}

export interface Pushed extends Descriptor {
  readonly bytes: Buffer
}

let repositories = 0
let contents = 0

export type Algorithm = 'sha256' | 'sha512'

export function digestOf(bytes: Uint8Array, algorithm: Algorithm = 'sha256'): string {
  return `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`
}

/** Bytes that no other call gave. */
export function uniqueBytes(length = 512): Buffer {
  const start = `content ${process.pid} ${++contents}\n`
  return Buffer.from(start.padEnd(length, 'lading').slice(0, Math.max(length, start.length)))
}

/** The moves of a client, each checked no further than the next one needs. */
export class OciClient {
  readonly baseUrl: string
  readonly #auth: string | undefined

  constructor(baseUrl: string, auth?: string) {
    this.baseUrl = baseUrl
    this.#auth = auth
  }

  /** A repository that no other check works in. */
  repository(): string {
    return `check/${process.pid}/r${++repositories}`
  }

  ask(method: string, path: string, more: Omit<Ask, 'method' | 'path'> = {}): Promise<Answer> {
    return ask(this.baseUrl, {
      method,
      path,
      ...(this.#auth === undefined ? {} : { auth: this.#auth }),
      ...more,
    })
  }

  /** A session's location, as a path. */
  async begin(repository: string, query = ''): Promise<string> {
    const begun = await this.ask('POST', `/v2/${repository}/blobs/uploads/${query}`, {
      headers: { 'Content-Length': 0 },
    })
    assert.equal(begun.status, 202)
    return location(begun)
  }

  async pushBlob(repository: string, bytes: Uint8Array, algorithm: Algorithm = 'sha256'): Promise<string> {
    const digest = digestOf(bytes, algorithm)
    const put = await this.ask('PUT', withDigest(await this.begin(repository), digest), { body: bytes })
    assert.equal(put.status, 201)
    return digest
  }

  async putManifest(
    repository: string,
    reference: string,
    manifest: object,
    type: string = manifestType,
  ): Promise<Pushed & { answer: Answer }> {
    const bytes = Buffer.from(JSON.stringify(manifest))
    const answer = await this.ask('PUT', `/v2/${repository}/manifests/${reference}`, {
      headers: { 'Content-Type': type },
      body: bytes,
    })
    assert.equal(answer.status, 201, answer.text())
    return { answer, bytes, digest: digestOf(bytes), size: bytes.length, mediaType: type }
  }

  /** An image with one layer of its own. */
  async pushImage(
    repository: string,
    reference: string,
    more: object = {},
  ): Promise<Pushed & { answer: Answer; layer: string }> {
    const manifest = await this.image(repository, more)
    const pushed = await this.putManifest(repository, reference, manifest)
    return { ...pushed, layer: manifest.layers[0]!.digest }
  }

  /** Pushes what an image names, and answers the image itself. */
  async image(repository: string, more: object = {}): Promise<{ layers: Descriptor[]; config: Descriptor }> {
    const layer = uniqueBytes()
    const config = Buffer.from('{}')
    return {
      schemaVersion: 2,
      mediaType: manifestType,
      config: { mediaType: configType, digest: await this.pushBlob(repository, config), size: config.length },
      layers: [{ mediaType: layerType, digest: await this.pushBlob(repository, layer), size: layer.length }],
      ...more,
    } as { layers: Descriptor[]; config: Descriptor }
  }

  async referrers(repository: string, subject: string, query = ''): Promise<Answer> {
    const answer = await this.ask('GET', `/v2/${repository}/referrers/${subject}${query}`)
    assert.equal(answer.status, 200, answer.text())
    return answer
  }
}

/** The Location header, as a path of this server. */
export function location(answer: Answer): string {
  assert.ok(answer.headers.location, 'there is a Location')
  const url = new URL(answer.headers.location, 'http://registry.invalid')
  return url.pathname + url.search
}

export function withDigest(path: string, digest: string): string {
  return `${path}${path.includes('?') ? '&' : '?'}digest=${digest}`
}

/** "Error Codes": the body names its errors as the spec wants, and the first is of this code. */
export function assertError(answer: Answer, status: number, code: string): void {
  assert.equal(answer.status, status, answer.text())
  assert.match(answer.headers['content-type'] ?? '', /^application\/json/)
  const { errors } = answer.json()
  assert.ok(Array.isArray(errors) && errors.length > 0, 'errors are listed')
  assert.equal(errors[0].code, code)
  assert.equal(typeof errors[0].message, 'string')
}

/** The answer carries this content, whole. */
export function assertContent(answer: Answer, bytes: Uint8Array, type: string): void {
  assert.equal(answer.status, 200, answer.text())
  assert.equal(answer.headers['content-type'], type)
  assert.equal(answer.headers['content-length'], String(bytes.length))
  assert.ok(Buffer.from(bytes).equals(answer.body), 'the bytes are those that were pushed')
}

export function describe({ mediaType, digest, size }: Descriptor): Descriptor {
  return { mediaType, digest, size }
}
