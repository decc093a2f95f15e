import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { globSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { test } from 'node:test'
import { openFolderBlobs } from '../../src/adapters/blobs/folder/open-folder-blobs.ts'
import { systemClock } from '../../src/adapters/clock/system/system-clock.ts'
import { cryptoRandom } from '../../src/adapters/random/crypto/crypto-random.ts'
import { openSqliteStore } from '../../src/adapters/store/sqlite/sqlite-store.ts'
import { schema } from '../../src/boot/schema.ts'
import { checkInvariants } from '../core/invariants.ts'
import {
  config,
  first,
  large,
  other,
  referrer,
  repository,
  second,
  small,
  tags,
  unfinished,
} from '../fixtures/content.ts'
import { ask } from '../kit/http-client.ts'
import { machineEnvironment } from '../kit/machine-environment.ts'
import { expectStatus } from '../kit/push-image.ts'
import { spawnServer } from '../kit/spawned-server.ts'

const fixtures = join(import.meta.dirname, '../fixtures')
const folders = globSync('data-*.tar.gz', { cwd: fixtures }).sort()
const launcher = join(import.meta.dirname, '../../bin/lading.js')

test('there is a data folder of every release to open', () => {
  assert.ok(folders.includes('data-0.1.0.tar.gz'))
})

for (const archive of folders) {
  test(`${basename(archive, '.tar.gz')} opens, and holds what was put into it`, async () => {
    const root = await mkdtemp(join(tmpdir(), 'lading-older-'))
    try {
      execFileSync('tar', ['-C', root, '-xzf', join(fixtures, archive)])
      const data = join(root, 'data')
      const args = [launcher, 'serve', '--listen', '127.0.0.1:0', '--data', data]
      const server = await spawnServer(process.execPath, args, { cwd: root, env: machineEnvironment(root) })
      try {
        await readAll(server.url)
        await readUpload(server.url, await readFile(join(data, 'unfinished-upload'), 'utf8'))
        assert.equal((await server.end('SIGTERM')).code, 0)
      } finally {
        server[Symbol.dispose]()
      }
      await checkRows(data)
    } finally {
      await rm(root, { recursive: true, force: true })
    }
  })
}

async function readAll(url: string): Promise<void> {
  const at = async (path: string) => await expectStatus(200, url, { path: `/v2/${repository}/${path}` })
  for (const { digest, bytes } of [config, small, large, other]) {
    assert.deepEqual((await at(`blobs/${digest}`)).body, bytes)
  }
  for (const [tag, { digest, bytes }] of Object.entries(tags)) {
    const answer = await at(`manifests/${tag}`)
    assert.equal(answer.headers['docker-content-digest'], digest)
    assert.deepEqual(answer.body, bytes)
  }
  assert.deepEqual((await at('tags/list')).json(), { name: repository, tags: Object.keys(tags).sort() })
  const { manifests } = (await at(`referrers/${first.digest}`)).json()
  assert.deepEqual(
    manifests.map(({ digest }: { digest: string }) => digest),
    [referrer.digest],
  )
  const history = async (tag: string) =>
    (await at(`_lading/tags/${tag}/history`))
      .json()
      .entries.map(({ change, digest }: { change: string; digest: string | null }) => [change, digest])
  assert.deepEqual(await history('moved'), [
    ['move', second.digest],
    ['create', first.digest],
  ])
  assert.deepEqual(await history('gone'), [
    ['delete', null],
    ['create', first.digest],
  ])
  await expectStatus(404, url, { path: `/v2/${repository}/manifests/gone` })
}

/** Its time is long over by now, and that is the only thing that may be said of it. */
async function readUpload(url: string, location: string): Promise<void> {
  const { status, headers } = await ask(url, { path: location })
  assert.ok(
    status === 404 || (status === 204 && headers['range'] === `0-${unfinished.length - 1}`),
    `${status}`,
  )
}

async function checkRows(data: string): Promise<void> {
  const clock = systemClock
  const store = await openSqliteStore({ folder: data, now: () => clock.now() }, schema)
  const blobs = await openFolderBlobs({ folder: join(data, 'blobs'), clock, random: cryptoRandom })
  try {
    await checkInvariants({ store, blobs })
  } finally {
    await blobs.close()
    await store.close()
  }
}
