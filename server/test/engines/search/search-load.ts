import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import { callerOf } from '../../core/kit.ts'
import { ask } from '../../kit/http-client.ts'
import type { SearchedRegistry } from '../../kit/searched-registry.ts'
import type { Chance } from './random-index.ts'

/** What one search came to. */
export interface Searched {
  readonly engine: string
  readonly degraded: boolean
  readonly ms: number
}

interface Made {
  readonly id: string
  readonly slug: string
  state: 'public' | 'private' | 'deleted'
  /** Nobody but its owner may find it, from when an answer said so until it is asked to be otherwise: each time another number. */
  hidden: number | undefined
}

const searchers = 3
const betweenMs = 15
/** Of all loads, which may be of one registry. */
let names = 0
let times = 0
const sorts = ['relevance', 'name', 'created', 'downloads']

/**
 * People who make, hide, show, delete and bring back artifacts of one registry, and others who search it all the while. Whatever
 * is told of what was hidden before it was asked for fails the test; so does an answer that is none, or comes late.
 */
export class SearchLoad implements AsyncDisposable {
  readonly answers: Searched[] = []
  readonly #world: SearchedRegistry
  readonly #chance: Chance
  readonly #mostMs: number
  readonly #all: Made[] = []
  /** Those that nobody changes just now. */
  readonly #made: Made[] = []
  readonly #ended = new AbortController()
  #running: Promise<unknown> | undefined

  constructor(
    world: SearchedRegistry,
    { chance, mostMs }: { readonly chance: Chance; readonly mostMs: number },
  ) {
    this.#world = world
    this.#chance = chance
    this.#mostMs = mostMs
  }

  start(): void {
    const { signal } = this.#ended
    const work = [
      ...Array.from({ length: 2 }, () => () => this.#change()),
      ...Array.from({ length: searchers }, () => () => this.#search()),
    ]
    const running = work.map(async (one) => {
      while (!signal.aborted) {
        await one()
        await pause(betweenMs)
      }
    })
    this.#running = Promise.all(running)
    // What fails is thrown where the end is waited for, and ends the others.
    this.#running.catch(() => this.#ended.abort())
  }

  /** At least so many searches of which that holds, from now on. @throws what has failed meanwhile */
  async sees(count: number, holds: (searched: Searched) => boolean): Promise<void> {
    const from = this.answers.length
    const late = performance.now() + 90_000
    while (this.answers.slice(from).filter(holds).length < count) {
      if (this.#ended.signal.aborted) await this.#running
      const last = JSON.stringify(this.answers.at(-1))
      assert.ok(performance.now() < late, `waited in vain for ${count} of ${holds}; the last is ${last}`)
      await pause(betweenMs)
    }
  }

  /** How many everybody can find. @throws what has failed */
  async end(): Promise<number> {
    this.#ended.abort()
    await this.#running
    return this.#made.filter(({ state }) => state === 'public').length
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended.abort()
    await this.#running?.catch(() => {})
  }

  async #change(): Promise<void> {
    const free = this.#made.splice(this.#chance(this.#made.length + 1), 1)[0]
    const one = free ?? (await this.#make())
    if (free !== undefined) await this.#turn(one)
    this.#made.push(one)
    if (this.#made.length < 40 && this.#chance(2) === 0) this.#made.push(await this.#make())
  }

  async #make(): Promise<Made> {
    const slug = `made-${++names}`
    const isPublic = this.#chance(3) > 0
    const made = await this.#artifacts.create(callerOf(), {
      kind: 'persona',
      namespace: 'acme' as never,
      slug,
      owner: 'user:ada',
      visibility: isPublic ? 'public' : 'private',
      metadata: { name: slug, description: 'a common word', topics: [`topic-of-${slug}`] },
      document: undefined,
      source: '',
      version: '1.0.0',
      changelog: '',
      published: true,
    })
    const one: Made = {
      id: made.id,
      slug,
      state: isPublic ? 'public' : 'private',
      hidden: isPublic ? undefined : ++times,
    }
    this.#all.push(one)
    return one
  }

  async #turn(one: Made): Promise<void> {
    const { id } = one
    const caller = callerOf()
    if (one.state === 'public') {
      if (this.#chance(2) === 0) {
        await this.#artifacts.update(caller, { id, visibility: 'private' })
        one.state = 'private'
      } else {
        await this.#artifacts.delete(caller, id)
        one.state = 'deleted'
      }
      one.hidden = ++times
      return
    }
    one.hidden = undefined
    if (one.state === 'deleted') await this.#artifacts.restore(caller, id)
    await this.#artifacts.update(caller, { id, visibility: 'public' })
    one.state = 'public'
  }

  async #search(): Promise<void> {
    const before = this.#all.flatMap((one) => (one.hidden === undefined ? [] : [{ one, hidden: one.hidden }]))
    const sort = sorts[this.#chance(sorts.length)]
    const limit = [0, 5, 100][this.#chance(3)]
    const path = `/api/v1/search?q=common+word&facets=topic&facetLimit=1000&sort=${sort}&limit=${limit}`
    const begun = performance.now()
    const answer = await ask(this.#world.url, { path })
    const ms = performance.now() - begun
    assert.equal(answer.status, 200, answer.text())
    const { hits, facets, total, engine, degraded } = answer.json()
    assert.ok(ms < this.#mostMs, `${engine} took ${ms} ms`)
    const said: ReadonlySet<string> = new Set([
      ...hits.map((hit: { artifact: { slug: string } }) => hit.artifact.slug),
      ...facets.topic.map(({ value }: { value: string }) => value.replace('topic-of-', '')),
    ])
    // What was shown again meanwhile may be found.
    const told = before.filter(({ one, hidden }) => one.hidden === hidden && said.has(one.slug))
    assert.deepEqual(told, [], `${engine} tells of it: ${path}`)
    assert.ok(total >= hits.length)
    this.answers.push({ engine, degraded, ms })
  }

  get #artifacts() {
    return this.#world.registry.composed.registry.artifacts
  }
}
