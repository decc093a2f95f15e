import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { Actor, administratorSettings } from '../kit/access-actor.ts'
import { revocations } from '../kit/revocations.ts'
import { arrangeAccounts, requireGoneAtOnce } from '../kit/seen-at-once.ts'
import { startThreaded, type ThreadedServer } from '../kit/threaded-server.ts'

const threads = 3

describe('of what is taken away at one thread, no other one knows anything any more', {
  concurrency: 1,
}, () => {
  let server: ThreadedServer
  before(async () => {
    server = await startThreaded({ threads, env: await administratorSettings() })
    const [first] = server.connections
    assert.ok(first)
    await arrangeAccounts(new Actor(first.ask))
  })
  after(() => server[Symbol.asyncDispose]())

  for (const revocation of revocations)
    test(revocation.what, async () => {
      const there = server.connections.map(({ ask }) => ask)
      // Each of them is where it is taken away once.
      for (const here of there) await requireGoneAtOnce(revocation, { here, there })
    })
})
