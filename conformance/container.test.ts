import assert from 'node:assert/strict'
import { chown, mkdir, readdir, readFile, stat } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { after, test } from 'node:test'
import {
  buildImage,
  type ImageFacts,
  openWorkshop,
  type Workshop,
  whyNoWorkshop,
} from './kit/container-workshop.ts'
import { type EnteredImage, enterImage } from './kit/entered-image.ts'
import { makeImage, writeLayout } from './kit/image.ts'
import { documentOf, readManifest, statusOf } from './kit/registry-reader.ts'
import { sharedStage } from './kit/stage.ts'
import { installedTool } from './kit/tool.ts'

// container/Containerfile as it stands, built upon packages of this machine's mirrors instead of images from elsewhere.
const podman = installedTool('podman')
const skip = podman.skip || whyNoWorkshop()
const openStage = sharedStage()
const user = 10_001
const mebibyte = 1024 * 1024
/** Node is 150 MB of it. */
const mostBytes = 250 * mebibyte
const buildMinutes = { timeout: 8 * 60_000, skip }
const minutes = { timeout: 2 * 60_000, skip }

interface Built {
  readonly workshop: Workshop
  readonly image: ImageFacts
}

let building: Promise<Built> | undefined

function built(): Promise<Built> {
  building ??= openWorkshop(podman.path).then(async (workshop) => {
    try {
      return { workshop, image: await buildImage(workshop, '7.8.9') }
    } catch (error) {
      await workshop[Symbol.asyncDispose]()
      throw error
    }
  })
  return building
}

after(async () => {
  const made = await building?.catch(() => undefined)
  await made?.workshop[Symbol.asyncDispose]()
})

/** The image as it is run, upon a new data folder. */
async function entered(name: string, environment: Record<string, string> = {}): Promise<EnteredImage> {
  const { workshop, image } = await built()
  const data = join(workshop.path, name)
  await mkdir(data, { mode: 0o700 })
  await chown(data, user, user)
  return enterImage(workshop, image, data, environment)
}

/** Free a moment ago: the health check has to know it before the server listens. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}

test('the image is built from Debian packages and the lock file', buildMinutes, async () => {
  const { Config, Healthcheck, Labels, Size } = (await built()).image
  assert.deepEqual(
    [Config.User, Config.WorkingDir, Config.StopSignal, Config.Entrypoint, Config.Cmd],
    [`${user}:${user}`, '/data', 'SIGTERM', ['lading'], ['serve']],
  )
  assert.deepEqual([Object.keys(Config.Volumes), Object.keys(Config.ExposedPorts)], [['/data'], ['7070/tcp']])
  assert.deepEqual(Healthcheck?.Test, ['CMD', 'lading', 'health'])
  const label = (name: string): string | undefined => Labels[`org.opencontainers.image.${name}`]
  assert.deepEqual([label('title'), label('version'), label('licenses')], ['Lading', '7.8.9', 'Apache-2.0'])
  assert.ok(Size < mostBytes, `the image has ${Math.ceil(Size / mebibyte)} MiB`)
})

test('it holds what runs, and nothing that its user could change', minutes, async () => {
  const image = await entered('files')
  const found = await image.run(
    'sh',
    '-c',
    'cd /opt/lading && ls . server node_modules && ls /root/.npmrc /run/secrets',
  )
  for (const needed of ['dist', 'bin', 'pino', 'yaml'])
    assert.match(found.stdout, new RegExp(`^${needed}$`, 'm'))
  for (const left of ['src', 'test', 'typescript', '@biomejs', '@types', 'npm', '.npmrc', 'ca']) {
    assert.doesNotMatch(found.stdout, new RegExp(`^${left}$`, 'm'))
  }
  const tried = await image.run(
    'sh',
    '-c',
    'id -u; for each in / /tmp /opt/lading /usr/local/bin /data; do (: > $each/x) 2>/dev/null && echo "$each"; done; cat /data/x',
  )
  assert.deepEqual([tried.stdout, tried.stderr, tried.code], [`${user}\n/data\n`, '', 0])
  assert.equal((await image.command('version')).code, 0)
})

test('pushed to a running Lading and pulled again, it is the same image', minutes, async () => {
  const { workshop, image } = await built()
  const stage = await openStage()
  const repository = stage.repository()
  const reference = `${stage.address}/${repository}:v1`
  await workshop.podman('push', '--quiet', '--tls-verify=false', 'localhost/lading', `docker://${reference}`)
  const { config } = documentOf(await readManifest(stage.url, repository, 'v1'))
  assert.equal(config?.digest, `sha256:${image.Id}`)
  assert.equal(await workshop.podman('pull', '--quiet', '--tls-verify=false', reference), image.Id)
})

test(
  'it starts without configuration: anyone reads, who has made the first account writes, it is checked and stops',
  minutes,
  async () => {
    const { workshop, image: facts } = await built()
    const port = await freePort()
    const [address, url] = [`127.0.0.1:${port}`, `http://127.0.0.1:${port}`]
    const image = await entered('data', { LADING_LISTEN: `0.0.0.0:${port}` })
    const health = (): Promise<{ code: number; stdout: string }> =>
      image.run(...(facts.Healthcheck?.Test.slice(1) ?? []))
    const password = 'seven green kettles'
    {
      await using server = image.start()
      await server.saying(/^Lading listens on /m)
      const link = new URL((await server.saying(/^To make the first account: (\S+)$/m))[1] ?? '')
      await server.saying(/^Nobody may write until then\.$/m)
      const token = link.searchParams.get('token') ?? ''
      assert.equal(link.href, `http://localhost:${port}/setup?token=${token}`)
      const status = await readFile(`/proc/${server.pid}/status`, 'utf8')
      assert.match(status, new RegExp(`^Uid:\\t${user}\\t${user}\\t${user}\\t${user}$`, 'm'))
      assert.match(status, /^CapEff:\t0+$/m)
      const { code, stdout } = await health()
      assert.deepEqual([code, stdout], [0, 'ready\n'])

      const made = makeImage([100, 200_000])
      await writeLayout(join(workshop.path, 'layout'), made, 'v1')
      const push = (...credentials: string[]): Promise<string> =>
        workshop.podman(
          ...['push', '--quiet', '--tls-verify=false', ...credentials, id, `docker://${address}/acme/app:v1`],
        )
      const id = await workshop.podman('pull', '--quiet', 'oci:layout:v1')
      await assert.rejects(push(), /unauthorized|authentication required|log in/i)
      const again = await image.command('setup-link', '--json')
      assert.deepEqual([again.code, again.stderr], [0, ''])
      const { setUp } = JSON.parse(again.stdout) as { setUp: string }
      assert.ok(setUp.startsWith(`http://localhost:${port}/setup?token=`), setUp)
      const open = async (one: string | null): Promise<number> => {
        const body = new URLSearchParams({ token: one ?? '', name: 'ada', email: '', password })
        return (await fetch(`${url}/setup`, { method: 'POST', body, redirect: 'manual' })).status
      }
      assert.deepEqual([await open(token), await open(new URL(setUp).searchParams.get('token'))], [403, 303])
      await push(`--creds=ada:${password}`)
      assert.equal(await statusOf(url, '/v2/acme/app/manifests/v1'), 200)
      assert.equal(
        await workshop.podman('pull', '--quiet', '--tls-verify=false', `${address}/acme/app:v1`),
        id,
      )

      const collected = await image.command('gc', '--dry-run')
      assert.deepEqual([collected.code, collected.stderr], [0, ''])
      assert.equal(await server.stop(), 0)
      assert.equal(server.printed().split(token).length, 2, server.printed())
      assert.ok(!server.printed().includes(password), server.printed())
    }
    assert.equal((await health()).code, 1)
    await using again = image.start()
    await again.saying(/^Lading listens on /m)
    assert.doesNotMatch(again.printed(), /To make the first account/)
    assert.equal(await statusOf(url, '/v2/acme/app/manifests/v1'), 200)
    const begun = await fetch(`${url}/v2/acme/app/blobs/uploads/`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`ada:${password}`).toString('base64')}` },
    })
    assert.equal(begun.status, 202)
    assert.equal(await again.stop(), 0)
    for (const name of await readdir(join(workshop.path, 'data'))) {
      assert.equal((await stat(join(workshop.path, 'data', name))).uid, user, name)
    }
  },
)

test('podman runs it, read-only', minutes, async (t) => {
  const { workshop } = await built()
  const run = ['run', '--rm', '--read-only', '--network=host', '--no-healthcheck']
  try {
    await workshop.podman(...run, '--entrypoint=sh', 'localhost/lading', '-c', 'exit 0')
  } catch (error) {
    t.diagnostic(String(error))
    t.skip('this machine starts no containers')
    return
  }
  assert.match(await workshop.podman(...run, 'localhost/lading', 'version'), /^lading /)
  const checked = await workshop.podman(...run, 'localhost/lading', 'config')
  assert.match(checked, /0\.0\.0\.0:7070/)
})
