import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { after, before, describe, it } from 'node:test'
import fc from 'fast-check'
import { collect } from '../../src/core/gc/collect.ts'
import { emptyTrash } from '../../src/core/gc/empty-trash.ts'
import { expireUploads } from '../../src/core/gc/expire-uploads.ts'
import { checkInvariants } from '../core/invariants.ts'
import { startTestRegistry, type TestRegistry } from '../kit/test-registry.ts'
import { type FuzzRequest, large, named, requests, seeds } from './http-requests.ts'
import { checkAnswer } from './http-rules.ts'
import { exchangeBytes, parseAnswer, type RawAnswer, staysForAnswer } from './http-wire.ts'

const { LADING_FUZZ_RUNS, LADING_FUZZ_SEED, LADING_FUZZ_ENGINES } = process.env
const runs = Number(LADING_FUZZ_RUNS ?? 5_000)
const seed = Number(LADING_FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 31))
const engines = LADING_FUZZ_ENGINES === 'disk' ? 'disk' : 'memory'
const longestAnswerMs = 2_000
const corpus = new URL('./corpus/http/', import.meta.url)

describe('fuzz http', () => {
  let session: Session

  before(async () => {
    session = new Session(await startTestRegistry({ engines, users: { ada: 'right' }, logLevel: 'info' }))
  })

  after(() => session.registry[Symbol.asyncDispose]())

  it('takes the requests that all others are made from', async () => {
    const refused: string[] = []
    for (const request of seeds) {
      const answer = await session.ask(request)
      if (answer === undefined || (answer.status >= 400 && !request.target.includes('{missing}'))) {
        refused.push(`${request.method} ${request.target}: ${answer?.status} ${answer?.body}`)
      }
    }
    assert.deepEqual(refused, [])
  })

  it('answers again what was found', async () => {
    const files = readdirSync(corpus).filter((file) => file.endsWith('.json'))
    assert.ok(files.length > 0, `${corpus.pathname} is empty`)
    for (const file of files) {
      const found: FuzzRequest | FuzzRequest[] = JSON.parse(readFileSync(new URL(file, corpus), 'utf8'))
      for (const request of [found].flat()) await session.ask(request)
    }
  })

  it(`answers ${runs} requests, in time and in the form that the protocol wants`, async (context) => {
    context.diagnostic(`LADING_FUZZ_SEED=${seed}`)
    const statuses = new Map<string, number>()
    await fc.assert(
      fc.asyncProperty(requests, async (request) => {
        const status = String((await session.ask(request))?.status ?? 'none')
        statuses.set(status, (statuses.get(status) ?? 0) + 1)
      }),
      { numRuns: runs, seed },
    )
    context.diagnostic(
      [...statuses]
        .sort()
        .map(([status, count]) => `${status}: ${count}`)
        .join(', '),
    )
    const taken = [...statuses].reduce((sum, [status, count]) => sum + (status < '400' ? count : 0), 0)
    assert.ok(runs < 1_000 || taken > runs / 10, `only ${taken} of ${runs} requests were taken`)
    for (const request of seeds.slice(0, 4)) assert.equal((await session.ask(request))?.status, 201)
  })

  it('has kept its records whole, and cleans up after all of it', async () => {
    const { composed, clock, telemetry } = session.registry
    const { core, journal } = composed
    await eventually(() => checkInvariants(core))
    await journal.stop()
    const never = new AbortController().signal
    for (let turn = 0; turn < 3; turn++) {
      await clock.advance(25 * 3_600_000)
      await expireUploads(core, never)
      await collect(core, never)
      await emptyTrash(core, never)
      await checkInvariants(core)
    }
    assert.deepEqual(
      telemetry.lines.filter(({ level }) => level === 'error'),
      [],
    )
  })
})

/** One client after the other, and what they know of the registry. */
class Session {
  readonly registry: TestRegistry
  #upload: { readonly id: string; readonly offset: number } | undefined

  constructor(registry: TestRegistry) {
    this.registry = registry
  }

  /** undefined: the connection was closed without an answer. Throws where the answer breaks a rule. */
  async ask(request: FuzzRequest): Promise<RawAnswer | undefined> {
    const wantsUpload = JSON.stringify(request).includes('{upload}')
    if (wantsUpload && this.#upload === undefined) {
      await this.ask({ ...begin, target: begin.target })
      assert.ok(this.#upload !== undefined)
    }
    const filled = this.#fill(request)
    const bytes = await exchangeBytes(this.registry.url, filled, longestAnswerMs)
    if (!staysForAnswer(filled)) {
      if (wantsUpload) this.#upload = undefined
      return undefined
    }
    const answer = parseAnswer(bytes, filled.method)
    if (answer !== undefined) checkAnswer(filled, answer)
    this.#learn(answer, wantsUpload)
    return answer
  }

  #fill(request: FuzzRequest): FuzzRequest {
    const { id = '', offset = 0 } = this.#upload ?? {}
    const body = request.body.replaceAll('{large}', large)
    const range = `${offset}-${offset + Math.max(1, Buffer.byteLength(body)) - 1}`
    const known: Readonly<Record<string, string>> = { ...named, upload: id, range }
    const fill = (text: string): string => text.replace(/\{([a-z0-9]+)\}/g, (all, name) => known[name] ?? all)
    return {
      ...request,
      body,
      target: fill(request.target),
      headers: request.headers.map(([name, value]) => [name, fill(value)]),
    }
  }

  #learn(answer: RawAnswer | undefined, usedUpload: boolean): void {
    const id = /^\/v2\/acme\/app\/blobs\/uploads\/(.+)$/.exec(answer?.headers.get('location') ?? '')?.[1]
    const end = /^0-(\d+)$/.exec(answer?.headers.get('range') ?? '')?.[1]
    if (id !== undefined)
      this.#upload = { id, offset: end === undefined || end === '0' ? 0 : Number(end) + 1 }
    else if (usedUpload) this.#upload = undefined
  }
}

const begin: FuzzRequest = {
  method: 'POST',
  target: '/v2/acme/app/blobs/uploads/',
  headers: [],
  body: '',
  framing: 'length',
}

/** Requests whose client has left may still be on their way out. */
async function eventually(check: () => Promise<void>): Promise<void> {
  const deadline = performance.now() + longestAnswerMs
  for (;;) {
    try {
      return await check()
    } catch (error) {
      if (performance.now() > deadline) throw error
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
}
