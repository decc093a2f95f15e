import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Actor, administratorSettings, type Send } from '../../kit/access-actor.ts'
import { ask } from '../../kit/http-client.ts'
import { revocations } from '../../kit/revocations.ts'
import { arrangeAccounts } from '../../kit/seen-at-once.ts'
import { startTopology, topologySkip } from '../../kit/servers/topology.ts'
import { until } from '../../kit/until.ts'

/** Short, so that what has to end by them ends soon. */
const waits = {
  LADING_STORE_CONNECT_TIMEOUT: '1s',
  LADING_STORE_QUEUE_TIMEOUT: '1s',
  LADING_STORE_STATEMENT_TIMEOUT: '1s',
}
const askedAtOnce = 6
/** One for each thing that is kept: a session, a key, a token, and rights. */
const taken = revocations.filter(({ what }) =>
  [
    'a session that was ended',
    'a key that was revoked',
    'an access token of a robot that was deleted',
    'a membership that was taken away',
    'the visibility of a namespace',
  ].includes(what),
)

const sendTo =
  (url: string): Send =>
  (request) =>
    ask(url, request)

test('a process that the database does not reach serves nothing that was taken away at another one', {
  skip: topologySkip,
}, async () => {
  assert.equal(taken.length, 5)
  const settings = { ...waits, ...(await administratorSettings()) }
  await using topology = await startTopology({ spoilt: true, settings, started: false })
  const [hearing, deaf] = topology.ladings
  const { spoilers } = topology
  assert.ok(hearing && deaf && spoilers)
  await hearing.start({ settings: { ...topology.settings, LADING_STORE_URL: topology.databaseUrl } })
  await deaf.start()
  const [here, there] = [sendTo(hearing.url), sendTo(deaf.url)]
  await arrangeAccounts(new Actor(here))
  for (const { what, arrange } of taken) {
    const { use, good, gone, revoke } = await arrange(new Actor(here))
    const answered = async (): Promise<readonly number[]> => {
      const answers = await Promise.all(Array.from({ length: askedAtOnce }, () => there(use)))
      return [...new Set(answers.map(({ status }) => status))]
    }
    // Connections that the fault before has ended may still be found so.
    await until(async () => (await answered()).every((status) => status === good))
    assert.deepEqual(await answered(), [good], `${what}, a second time`)
    await spoilers.database.blackHole()
    await revoke()
    assert.deepEqual(await answered(), [503], `${what}, while nothing is heard`)
    await spoilers.database.recover()
    await until(async () => {
      const now = await answered()
      assert.ok(!now.includes(good), `${what}, once it is heard again: ${now}`)
      return now.every((status) => status === gone)
    })
  }
})
