import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { makeImage } from '../../../../conformance/kit/image.ts'
import { assertServes } from '../../../../conformance/kit/registry-reader.ts'
import { pushImage } from '../../kit/push-image.ts'
import {
  type PostgresqlServer,
  postgresqlSkip,
  startPostgresqlServer,
} from '../../kit/servers/postgresql-server.ts'
import { type S3Server, s3ServerTool, startS3Server } from '../../kit/servers/s3-server.ts'
import { until } from '../../kit/until.ts'
import {
  Load,
  lading,
  moveByGuide,
  type Place,
  type Pushed,
  serve,
  stateOf,
  succeed,
  untilSealed,
} from './copy-load.ts'

describe('a copy over PostgreSQL and S3', { skip: postgresqlSkip || s3ServerTool.skip }, () => {
  let database: PostgresqlServer
  let s3: S3Server
  let root = ''

  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'lading-copy-'))
    await mkdir(join(root, 'tmp'))
    database = await startPostgresqlServer()
    s3 = await startS3Server()
  })

  after(async () => {
    await database?.[Symbol.asyncDispose]()
    await s3?.[Symbol.asyncDispose]()
    await rm(root, { recursive: true, force: true })
  })

  interface Shared {
    readonly config: string
    readonly url: string
  }

  /** The configuration of a registry on a database and a bucket of its own. */
  const shared = async (name: string): Promise<Shared> => {
    const config = join(root, `${name}.yaml`)
    const url = await database.database()
    const { endpoint, region, credentials } = s3
    const blobs = { bucket: await s3.bucket(), endpoint, region, pathStyle: true, ...credentials }
    await writeFile(config, JSON.stringify({ data: `./${name}`, store: { url }, blobs }))
    return { config, url }
  }

  /** While clients push and delete, and once more when they rest; the same place, where the first has not ended whole. */
  const copyUnderLoad = async (
    from: Place,
    to: string,
    another: () => Promise<string>,
  ): Promise<{ readonly to: string; readonly kept: readonly Pushed[] }> => {
    using server = await serve(root, ...from)
    const load = new Load(server.url)
    await until(async () => load.pushes >= 6)
    const under = await lading(root, 'copy', '--from', from[1], '--to', to).ended
    assert.ok(under.code === 4 || under.code === 0, under.printed)
    const kept = await load.stop()
    await untilSealed(root, ...from)
    // One that was quick enough to find the source at rest has ended, and its target is a registry of its own.
    const place = under.code === 4 ? to : await another()
    await succeed(root, 'copy', '--from', from[1], '--to', place)
    await server.end('SIGTERM')
    return { to: place, kept }
  }

  test('from a folder into PostgreSQL and S3 and back, each under load, everything is as it was', async () => {
    const [data, first, back, again] = ['data', 'first', 'back', 'again'].map((name) => join(root, name)) as [
      string,
      string,
      string,
      string,
    ]
    const into = async (name: string): Promise<string> => (await shared(name)).config
    const { to } = await copyUnderLoad(['--data', data], await into('there'), () => into('there-again'))
    await succeed(root, 'copy', '--from', to, '--to', first)
    assert.deepEqual(await stateOf(first), await stateOf(data))

    const returned = await copyUnderLoad(['--config', to], back, async () => join(root, 'back-again'))
    await succeed(root, 'copy', '--from', to, '--to', again)
    assert.deepEqual(await stateOf(returned.to), await stateOf(again))
    using last = await serve(root, '--data', returned.to)
    assert.ok(returned.kept.length > 0)
    for (const { repository, tag, image } of returned.kept)
      await assertServes(last.url, repository, tag, image)
    await last.end('SIGTERM')
  })

  test('the steps of the guide move a registry into PostgreSQL and S3 while it is pushed to', async () => {
    const moving = join(root, 'moving')
    await mkdir(join(moving, 'tmp'), { recursive: true })
    const { config } = await shared('moved')
    await rename(config, join(moving, 'lading.target.yaml'))
    const back = join(moving, 'back')
    await moveByGuide(moving, async () => {
      await succeed(moving, 'copy', '--from', 'lading.target.yaml', '--to', back)
      return await stateOf(back)
    })
  })

  test('a copy into PostgreSQL and S3 that is killed is taken over once it is known to be dead', async () => {
    const data = join(root, 'killed')
    {
      using server = await serve(root, '--data', data)
      for (let n = 0; n < 30; n++) await pushImage(server.url, 'acme/app', `v${n}`, makeImage([100, 80_000]))
      await server.end('SIGTERM')
    }
    const { config, url } = await shared('killed-there')
    const copy = lading(root, 'copy', '--from', data, '--to', config)
    let hasEnded = false
    void copy.ended.then(() => {
      hasEnded = true
    })
    const rows = (): Promise<boolean> =>
      database.query('SELECT 1 FROM blobs LIMIT 1', url).then(
        (found) => found.length > 0,
        () => false,
      )
    await until(async () => hasEnded || (await rows()))
    copy.child.kill('SIGKILL')
    const { code, printed } = await copy.ended
    assert.equal(code, null, `it was quicker than its kill: ${printed}`)
    const refused = await lading(root, 'serve', '--listen', '127.0.0.1:0', '--config', config).ended
    assert.notEqual(refused.code, 0)
    assert.match(refused.printed, /target of a copy/)
    await succeed(root, 'copy', '--from', data, '--to', config)
    const back = join(root, 'killed-back')
    await succeed(root, 'copy', '--from', config, '--to', back)
    assert.deepEqual(await stateOf(back), await stateOf(data))
  })
})
