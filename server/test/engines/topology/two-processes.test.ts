import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { followRegistry } from '../../../src/boot/compose/follow-registry.ts'
import { openEngines } from '../../../src/boot/engines.ts'
import { composeOn } from '../../../src/boot/serve-engines.ts'
import { ask } from '../../kit/http-client.ts'
import { startTopology, type Topology, topologySkip } from '../../kit/servers/topology.ts'
import { configOf } from '../../kit/servers/topology-registry.ts'
import { until } from '../../kit/until.ts'
import {
  describe as described,
  digestOf,
  indexType,
  OciClient,
} from '../../protocols/oci/requirements/oci-client.ts'
import { checkHistories, checkPromises } from './keeps-promises.ts'
import { startLoad } from './load.ts'

const longestMs = 20_000

describe('two processes on shared servers', { skip: topologySkip, concurrency: 1 }, () => {
  let topology: Topology
  before(async () => {
    topology = await startTopology({ settings: { LADING_LIMITS_CLEANUP_INTERVAL: '1s' } })
  })
  after(() => topology[Symbol.asyncDispose]())

  /** Of all processes together. */
  async function runs(kind: string): Promise<number> {
    let sum = 0
    for (const { url } of topology.ladings) {
      const text = (await ask(url, { path: '/metrics' })).text()
      const lines = text.split('\n').filter((line) => line.startsWith('lading_job_duration_seconds_count'))
      for (const line of lines)
        if (line.includes(`kind="${kind}"`)) sum += Number(line.slice(line.lastIndexOf(' ')))
    }
    return sum
  }

  test('take each job once', async () => {
    const client = new OciClient(topology.url)
    const repository = 'acme/jobs'
    const count = 20
    const subjects: string[] = []
    for (let at = 0; at < count; at++) {
      const subject = await client.pushImage(repository, `v${at}`)
      const referrer = {
        schemaVersion: 2,
        mediaType: indexType,
        manifests: [],
        subject: described(subject),
        annotations: { at: `${at}` },
      }
      // By its digest: one that has a tag stays.
      const digest = digestOf(Buffer.from(JSON.stringify(referrer)))
      await client.putManifest(repository, digest, referrer, indexType)
      subjects.push(subject.digest)
    }
    await Promise.all(
      subjects.map(async (digest) => {
        assert.equal((await client.ask('DELETE', `/v2/${repository}/manifests/${digest}`)).status, 202)
      }),
    )
    const left = async (): Promise<unknown> => {
      const sql = `SELECT count(*)::int AS left FROM jobs WHERE kind = 'delete-referrers'`
      return (await topology.database.query(sql, topology.databaseUrl))[0]?.['left']
    }
    await until(async () => (await left()) === 0)
    for (const digest of subjects)
      assert.equal((await client.referrers(repository, digest)).json().manifests.length, 0)
    // One for each subject, and one for each referrer that went, which might have had its own.
    assert.equal(await runs('delete-referrers'), 2 * count)
  })

  test('run what the clock asks for once', async () => {
    const begun = performance.now()
    const before = await runs('empty-trash')
    await until(async () => (await runs('empty-trash')) >= before + 5)
    const seconds = (performance.now() - begun) / 1000
    const made = (await runs('empty-trash')) - before
    assert.ok(made <= seconds + 2, `${made} runs in ${seconds} s, where there is one a second at most`)
    const rows = await topology.database.query(
      `SELECT count(*)::int AS of_it FROM jobs WHERE kind = 'empty-trash'`,
      topology.databaseUrl,
    )
    assert.deepEqual(rows, [{ of_it: 1 }])
  })

  test('and whoever listens beside them hear of what each has done, in one order', async () => {
    const stop = new AbortController()
    await using ends = new AsyncDisposableStack()
    const listeners: string[][] = []
    const config = { ...configOf(topology), log: { level: 'error', format: 'json' } as const }
    for (let at = 0; at < 2; at++) {
      const engines = await openEngines(config)
      ends.defer(async () => {
        await engines.blobs.close()
        await engines.store.close()
      })
      const { composed, journal } = await composeOn(engines, config)
      ends.defer(async () => {
        await composed.pulls.close()
        await composed.closeFar()
        composed.releaseKinds()
        await journal.stop()
      })
      ends.use(await followRegistry(composed))
      const heard: string[] = []
      listeners.push(heard)
      const from = await composed.events.last()
      const listening = (async () => {
        for await (const { kind, tag } of composed.events.read(from, stop.signal))
          if (kind === 'tag.moved') heard.push(tag)
      })()
      ends.defer(async () => {
        stop.abort()
        await listening
      })
    }
    const client = new OciClient(topology.url)
    const tags = Array.from({ length: 10 }, (_, at) => `e${at}`)
    for (const tag of tags) await client.pushImage('acme/events', tag)
    await until(async () => listeners.every((heard) => heard.length >= tags.length))
    assert.deepEqual(listeners, [tags, tags])
    assert.ok(
      topology.proxy.answered.every((count) => count > tags.length),
      'by either process',
    )
  })

  test('are restarted one after the other under load, and no request fails', async (t) => {
    await using load = startLoad(topology, { longestMs, pullAt: 'proxy' })
    await until(async () => load.pushed > 3)
    for (const each of [...topology.ladings, ...topology.ladings]) {
      const { code } = await each.end('SIGTERM')
      assert.equal(code, 0)
      const { pushed, pulled } = load
      await until(async () => load.pushed > pushed && load.pulled > pulled)
      await each.start()
      const now = load.pushed
      await until(async () => load.pushed > now)
    }
    await load.stop()
    t.diagnostic(`pushed ${load.pushed}, pulled ${load.pulled}, moved on ${topology.proxy.movedOn}`)
    assert.deepEqual(load.promises.wrong, [])
    assert.deepEqual(
      [...load.refusals].filter(([name]) => name !== 'GET 404'),
      [],
    )
    assert.deepEqual(topology.proxy.failures, [])
    assert.ok(topology.proxy.movedOn > 0, 'requests came while a process was away')
    assert.deepEqual(await checkPromises(topology, load.promises), [])
    assert.deepEqual(await checkHistories(topology, load.promises), [])
  })
})
