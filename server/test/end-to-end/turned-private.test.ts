import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { Actor, administratorSettings, type Send } from '../kit/access-actor.ts'
import { allThreads } from '../kit/all-threads.ts'
import { ask } from '../kit/http-client.ts'
import { spawnThreaded } from '../kit/threaded-server.ts'
import { arrangePulls, requireServedNobody } from '../kit/turned-private.ts'

const rounds = 2

test('a namespace that is turned private while a thousand pull serves nobody without rights from the answer on', async (t) => {
  await using folder = await temporaryFolder()
  using server = await spawnThreaded(folder.path, '127.0.0.1:0', { env: await administratorSettings() })
  await allThreads(server)
  const change: Send = (request) => ask(server.url, request)
  const content = await arrangePulls(new Actor(change))
  for (let round = 0; round < rounds; round++) {
    t.diagnostic(await requireServedNobody({ change, urls: [server.url] }, content))
  }
})

async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'lading-turned-private-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}
