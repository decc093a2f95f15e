import type { Agent } from 'node:http'
import { type Answer, type Asking, exchange, oneConnection } from '../../load/exchange.ts'
import { pushBlob } from '../../load/push.ts'
import { type Artifact, digestOf, makeArtifact, manifestType } from '../../oci/content.ts'

/** What is timed, each on its own. */
export const operations = [
  'push-blob',
  'push-manifest',
  'pull-manifest',
  'pull-blob',
  'head-manifest',
  'move-tag',
  'list-tags',
  'delete-tag',
] as const
export type Operation = (typeof operations)[number]

export type Time = (name: Operation, ms: number) => void

/** Beyond what the records keep by themselves, so that it goes to S3. */
const layerBytes = 256 * 1024

/**
 * A client of two addresses, which may be one: what it has done by the one must be seen by the other as soon as it was
 * answered. Throws where an answer is another.
 */
export class MixedClient {
  readonly #repository: string
  readonly #origins: readonly [string, string]
  readonly #agents: ReadonlyMap<string, Agent>
  #turn = 0

  constructor(repository: string, origins: readonly [string, string]) {
    this.#repository = repository
    this.#origins = origins
    this.#agents = new Map(origins.map((origin) => [origin, oneConnection()]))
  }

  /** One artifact's life, begun by the one and gone on with by the other; the next turn begins at the other. */
  async turn(time: Time): Promise<void> {
    const [one, other] = this.#turn % 2 === 0 ? this.#origins : [this.#origins[1], this.#origins[0]]
    const tag = `v${this.#turn++}`
    const artifact = makeArtifact(layerBytes)
    await this.#push(one, { artifact, tag, time })
    await this.#pull(other, { artifact, tag, time })
    await this.#move(other, one, { artifact, time })
    await this.#tidy(one, other, { tag, time })
  }

  close(): void {
    for (const agent of this.#agents.values()) agent.destroy()
  }

  async #push(origin: string, { artifact, tag, time }: Life): Promise<void> {
    const where = { ask: (asking: Asking) => this.#ask(asking), origin, repository: this.#repository }
    for (const { digest, bytes } of artifact.blobs)
      await timed('push-blob', time, () => pushBlob(where, digest, [bytes]))
    await timed('push-manifest', time, () => this.#putManifest(origin, tag, artifact))
  }

  async #pull(origin: string, { artifact, tag, time }: Life): Promise<void> {
    const { manifest, blobs } = artifact
    await timed('head-manifest', time, () =>
      this.#expect(origin, { method: 'HEAD', path: `manifests/${manifest.digest}` }),
    )
    const answer = await timed('pull-manifest', time, () =>
      this.#expect(origin, { method: 'GET', path: `manifests/${tag}` }),
    )
    requireSame(`the manifest ${tag}`, digestOf(answer.body), manifest.digest)
    for (const { digest } of blobs) {
      const blob = await timed('pull-blob', time, () =>
        this.#expect(origin, { method: 'GET', path: `blobs/${digest}` }),
      )
      requireSame('a blob', digestOf(blob.body), digest)
    }
  }

  async #move(origin: string, seenBy: string, { artifact, time }: Omit<Life, 'tag'>): Promise<void> {
    await timed('move-tag', time, () => this.#putManifest(origin, 'latest', artifact))
    const { body } = await timed('pull-manifest', time, () =>
      this.#expect(seenBy, { method: 'GET', path: 'manifests/latest' }),
    )
    requireSame('the manifest latest', digestOf(body), artifact.manifest.digest)
  }

  async #tidy(origin: string, seenBy: string, { tag, time }: Omit<Life, 'artifact'>): Promise<void> {
    const before = await timed('list-tags', time, () =>
      this.#expect(seenBy, { method: 'GET', path: 'tags/list' }),
    )
    requireSame(`the tag ${tag} is in the list`, String(tagsIn(before).includes(tag)), 'true')
    await timed('delete-tag', time, () =>
      this.#expect(origin, { method: 'DELETE', path: `manifests/${tag}`, status: 202 }),
    )
    await this.#expect(seenBy, { method: 'GET', path: `manifests/${tag}`, status: 404 })
  }

  async #putManifest(origin: string, reference: string, { manifest }: Artifact): Promise<void> {
    await this.#expect(origin, {
      method: 'PUT',
      path: `manifests/${reference}`,
      status: 201,
      headers: { 'content-type': manifest.mediaType },
      body: [manifest.bytes],
    })
  }

  async #expect(
    origin: string,
    {
      path,
      status = 200,
      ...asking
    }: Omit<Asking, 'url'> & { readonly path: string; readonly status?: number },
  ): Promise<Answer> {
    const url = new URL(`/v2/${this.#repository}/${path}`, origin)
    const headers = { accept: path.startsWith('manifests') ? manifestType : '*/*', ...asking.headers }
    const answer = await this.#ask({ ...asking, url, headers })
    if (answer.status === status) return answer
    const said = answer.body.toString('utf8', 0, 300)
    throw new Error(`${asking.method} ${path} answered ${answer.status}, not ${status}: ${said}`)
  }

  async #ask(asking: Asking): Promise<Answer> {
    const agent = this.#agents.get(asking.url.origin)
    if (agent === undefined) throw new Error(`${asking.url.origin} is none of its addresses`)
    return await exchange(agent, asking)
  }
}

interface Life {
  readonly artifact: Artifact
  readonly tag: string
  readonly time: Time
}

async function timed<T>(name: Operation, time: Time, work: () => Promise<T>): Promise<T> {
  const begun = performance.now()
  const done = await work()
  time(name, performance.now() - begun)
  return done
}

function requireSame(what: string, found: string, wanted: string): void {
  if (found !== wanted) throw new Error(`${what} is ${found}, not ${wanted}`)
}

function tagsIn({ body }: Answer): readonly string[] {
  return (JSON.parse(body.toString()) as { readonly tags: readonly string[] | null }).tags ?? []
}
