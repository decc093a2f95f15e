import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { ask } from '../../kit/http-client.ts'
import { startTestRegistry, type TestRegistry } from '../../kit/test-registry.ts'
import { type Breakage, breakages, type Passing } from './breakages.ts'
import { requirements } from './requirements/all.ts'
import { OciClient } from './requirements/oci-client.ts'

/** Stands in front of the registry and does one thing wrong. */
class BrokenProxy implements AsyncDisposable {
  readonly #server: Server

  private constructor(server: Server) {
    this.#server = server
  }

  static async start(target: string, breakage: Partial<Breakage>): Promise<BrokenProxy> {
    const server = createServer({ maxHeaderSize: 65_536 }, async (incoming, outgoing) => {
      const chunks: Buffer[] = []
      for await (const chunk of incoming) chunks.push(chunk)
      const { host, 'content-length': _length, 'transfer-encoding': _encoding, ...headers } = incoming.headers
      const request: Passing = {
        method: incoming.method ?? 'GET',
        path: incoming.url ?? '/',
        headers: { ...headers } as Record<string, string>,
        body: Buffer.concat(chunks),
      }
      breakage.request?.(request)
      const answer = await ask(target, request)
      const passing = { ...answer, headers: { ...answer.headers } as Record<string, string> }
      breakage.answer?.(passing, request)
      outgoing.writeHead(passing.status, { ...passing.headers, connection: 'close' })
      outgoing.end(incoming.method === 'HEAD' ? undefined : passing.body)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return new BrokenProxy(server)
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

const byId = new Map(requirements.map((requirement) => [requirement.id, requirement]))

describe('a registry that breaks the distribution spec', () => {
  let registry: TestRegistry
  before(async () => {
    registry = await startTestRegistry()
  })
  after(() => registry[Symbol.asyncDispose]())

  it('is not made by the proxy itself', async () => {
    await using proxy = await BrokenProxy.start(registry.url, {})
    for (const { check } of requirements) await check(new OciClient(proxy.url))
  })

  for (const breakage of breakages) {
    it(`is found out: ${breakage.name}`, async () => {
      await using proxy = await BrokenProxy.start(registry.url, breakage)
      for (const id of breakage.kills) {
        const requirement = byId.get(id)
        assert.ok(requirement, `${id} is a requirement`)
        await assert.rejects(requirement.check(new OciClient(proxy.url)), `${id} notices`)
      }
    })
  }
})

describe('the requirements', () => {
  it('have each noticed some breakage', () => {
    const killed = new Set(breakages.flatMap(({ kills }) => kills))
    assert.deepEqual(
      requirements.map(({ id }) => id).filter((id) => !killed.has(id)),
      [],
    )
  })
})
