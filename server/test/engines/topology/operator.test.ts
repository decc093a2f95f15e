import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Finished } from '../../../../conformance/kit/run-program.ts'
import { schema } from '../../../src/boot/schema.ts'
import { schemaVersion } from '../../../src/ports/store/table.ts'
import { ask } from '../../kit/http-client.ts'
import { startTopology, type Topology, topologySkip } from '../../kit/servers/topology.ts'
import { ladingProcess } from '../../kit/servers/topology-process.ts'
import { until } from '../../kit/until.ts'
import { OciClient } from '../../protocols/oci/requirements/oci-client.ts'
import { checkPromises } from './keeps-promises.ts'
import { startLoad } from './load.ts'

function done({ code, stdout, stderr }: Finished): string {
  assert.equal(code, 0, `${stdout}\n${stderr}`)
  return stdout
}

describe("an operator's commands on two processes and shared servers", {
  skip: topologySkip,
  concurrency: 1,
}, () => {
  let topology: Topology
  let folder: string
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lading-operator-'))
    topology = await startTopology({
      settings: { LADING_LIMITS_GRACE_TIME: '1s', LADING_LIMITS_TRASH_DELAY: '1s' },
    })
  })
  after(async () => {
    await topology[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
  })

  test('status says the same of both, each asked by its own data folder', async () => {
    const client = new OciClient(topology.url)
    for (const tag of ['a', 'b', 'c']) await client.pushImage('acme/status', tag)
    const told = []
    for (const each of topology.ladings) {
      const { running, pid, total } = JSON.parse(done(await each.command(['status', '--json'])))
      assert.deepEqual([running, pid], [true, each.pid])
      told.push(total)
    }
    assert.deepEqual(told[0], told[1])
    assert.deepEqual([told[0].repositories, told[0].manifests], [1, 3])
  })

  test('gc on one process removes what was pushed by the other, and both know', async () => {
    const [one, other] = topology.ladings
    assert.ok(one && other)
    const bytes = Buffer.alloc(300_000, 1)
    const digest = await new OciClient(one.url).pushBlob('acme/gc', bytes)
    const path = `/v2/acme/gc/blobs/${digest}`
    assert.equal((await ask(other.url, { path })).status, 200)
    // Younger than the grace time it stays.
    await until(async () => JSON.parse(done(await other.command(['gc', '--json']))).by.holding.count === 1)
    for (const { url } of [one, other]) await until(async () => (await ask(url, { path })).status === 404)
  })

  test('migrate status and doctor look at the shared servers', async () => {
    for (const each of topology.ladings) {
      const found = JSON.parse(done(await each.command(['migrate', 'status', '--json'])))
      assert.deepEqual(
        [found.version, found.known, found.differences],
        [schemaVersion(schema), schemaVersion(schema), []],
      )
      const { stdout } = await each.command(['doctor', '--json'])
      const { findings, problems } = JSON.parse(stdout) as {
        problems: number
        findings: { check: string; state: string }[]
      }
      assert.equal(problems, 0, stdout)
      const shown = JSON.stringify(findings)
      for (const check of ['database', 'bucket'])
        assert.equal(findings.find((each) => each.check === check)?.state, 'ok', shown)
      assert.ok(!shown.includes(topology.s3.credentials.secretAccessKey))
    }
  })

  test('a backup under load is restored into another database and another bucket, with all that was acknowledged before', async () => {
    const [one] = topology.ladings
    assert.ok(one)
    const backup = join(folder, 'backup')
    await using load = startLoad(topology, { longestMs: 20_000 })
    await until(async () => load.pushed > 5)
    const before = {
      blobs: new Map(load.promises.blobs),
      manifests: new Map(load.promises.manifests),
    }
    const report = JSON.parse(done(await one.command(['backup', backup, '--json'])))
    assert.equal(report.sound, true)
    await load.stop()
    assert.deepEqual(load.promises.wrong, [])

    const elsewhere = {
      ...one.settings,
      LADING_STORE_URL: await topology.database.database(),
      LADING_BLOBS_BUCKET: await topology.s3.bucket(),
    }
    await using restored = await ladingProcess(join(folder, 'elsewhere'), {
      aheadMs: 0,
      loaded: [],
      settings: elsewhere,
    })
    const told = JSON.parse(done(await restored.command(['restore', backup, '--json'])))
    assert.equal(told.sound, true)
    await restored.start()
    const there = { ...topology, ladings: [restored] }
    const promises = Object.assign(Object.create(load.promises), { ...before })
    Object.defineProperty(promises, 'tags', { value: [] })
    assert.deepEqual(await checkPromises(there, promises), [])
    assert.ok(before.blobs.size > 10)
    const again = await restored.command(['restore', backup])
    assert.equal(again.code, 1)
    assert.match(again.stderr, /runs on/)
    await restored.end('SIGTERM')
    const onto = await restored.command(['restore', backup])
    assert.equal(onto.code, 1)
    assert.match(onto.stderr, /registry|empty/)
  })

  test('a backup goes back into what it was made from, which is told, and from there anywhere', async () => {
    const [one] = topology.ladings
    assert.ok(one)
    const backup = join(folder, 'to-copy')
    done(await one.command(['backup', backup]))
    const data = join(folder, 'restored')
    const file = join(folder, 'restored.yaml')
    const database = await topology.database.database()
    const bucket = await topology.s3.bucket()
    const settings = {
      data,
      store: { url: database },
      blobs: { bucket, endpoint: topology.s3.endpoint, pathStyle: true, ...topology.s3.credentials },
    }
    await writeFile(file, JSON.stringify(settings))
    const told = done(await one.command(['restore', backup, '--config', file, '--data', data], {}))
    const address = database.replace('lading@', '')
    assert.match(
      told,
      new RegExp(
        `^${address}, with bucket ${bucket} at ${topology.s3.endpoint}, holds the registry as of .*\\nStart it: lading serve --config ${file} --data ${data}\\n$`,
        's',
      ),
    )
    assert.ok(!told.includes('chown'))

    const target = join(folder, 'a-folder')
    const refused = await one.command(['restore', backup, '--data', target], {})
    assert.equal(refused.code, 1)
    assert.match(refused.stderr, /of PostgreSQL .* into an empty PostgreSQL database, .* with `lading copy`/)
    done(await one.command(['copy', '--from', file, '--to', target]))
    const counts = async (words: readonly string[], env: Record<string, string>): Promise<unknown> => {
      const { total } = JSON.parse(done(await one.command(['status', '--json', ...words], env)))
      return total
    }
    const total = await counts([], one.settings)
    assert.deepEqual(await counts(['--data', target], {}), total)

    const mirrored = join(folder, 'of-sqlite')
    done(await one.command(['backup', mirrored, '--data', target], {}))
    const empty = { ...one.settings, LADING_STORE_URL: await topology.database.database() }
    const other = ['restore', mirrored, '--data', join(folder, 'nowhere')]
    const back = await one.command(other, { ...empty, LADING_BLOBS_BUCKET: await topology.s3.bucket() })
    assert.equal(back.code, 1)
    assert.match(back.stderr, /of SQLite .* into a data folder \(--data\), .* with `lading copy`/)
  })
})
