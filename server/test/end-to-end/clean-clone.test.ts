import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeImage, writeLayout } from '../../../conformance/kit/image.ts'
import { assertLayoutHolds, assertServes } from '../../../conformance/kit/registry-reader.ts'
import { succeed } from '../../../conformance/kit/run-program.ts'
import { installedTool } from '../../../conformance/kit/tool.ts'
import { machineEnvironment } from '../kit/machine-environment.ts'
import { pushImage } from '../kit/push-image.ts'
import { spawnServer } from '../kit/spawned-server.ts'

const checkout = join(import.meta.dirname, '../../..')
const crane = installedTool('crane')
const installTimeoutMs = 300_000
/** A stop has nothing to wait for here; the rest is what a busy machine takes. */
const stopMs = 5_000

test('a clean clone is installed and started as the README says', { skip: whyNot() }, async (t) => {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'lading-clone-')))
  t.after(() => rm(root, { recursive: true, force: true }))
  const [clone, temporary, data] = [join(root, 'clone'), join(root, 'tmp'), join(root, 'data')]
  await mkdir(temporary)
  const env = machineEnvironment(temporary)
  const run = (command: string, args: readonly string[], cwd: string): string => {
    const ran = spawnSync(command, args, { cwd, env, encoding: 'utf8', timeout: installTimeoutMs })
    assert.equal(ran.status, 0, `${command} ${args.join(' ')}:\n${ran.error ?? ''}${ran.stdout}${ran.stderr}`)
    return ran.stdout.trim()
  }
  run('git', ['clone', '--quiet', '--no-hardlinks', checkout, clone], root)
  assert.equal(run('git', ['rev-parse', 'HEAD'], clone), run('git', ['rev-parse', 'HEAD'], checkout))
  const readme = await readFile(join(clone, 'README.md'), 'utf8')
  assert.match(readme, /^npm ci && npm start$/m)
  assert.match(readme, /`npm start -- --listen \S+ --data \S+`/)
  run('npm', ['ci', '--prefer-offline', '--no-fund', '--no-audit'], clone)
  t.diagnostic(`installed and started with Node ${run('node', ['--version'], clone)}`)

  const start = ['start', '--', '--listen', '127.0.0.1:0', '--data', data]
  const [image, other] = [makeImage([100, 5 * 1024 * 1024]), makeImage()]
  const craneHas = crane.skip === false
  {
    using server = await spawnServer('npm', start, { cwd: clone, env })

    await t.test(
      'an image with a layer of 5 MiB is pushed in chunks and pulled with the same bytes',
      async () => {
        await pushImage(server.url, 'acme/app', 'v1', image)
        await assertServes(server.url, 'acme/app', 'v1', image)
      },
    )

    await t.test('crane pushes and pulls', { skip: crane.skip }, async () => {
      const [layout, pulled] = [join(root, 'layout'), join(root, 'pulled')]
      await writeLayout(layout, other, 'v1')
      const reference = `${server.address}/acme/other:v1`
      const running = { cwd: root, env: { HOME: root } }
      await succeed(crane.path, ['push', layout, reference], running)
      await succeed(crane.path, ['pull', '--format=oci', reference, pulled], running)
      await assertLayoutHolds(pulled, other)
    })

    await t.test('SIGTERM to npm ends every process within seconds', async () => {
      const { milliseconds } = await server.end('SIGTERM')
      assert.ok(milliseconds < stopMs, `it took ${milliseconds.toFixed(0)} ms`)
      await assert.rejects(fetch(`${server.url}/v2/`))
    })
  }

  await t.test('the data folder is free again and has kept what was pushed', async () => {
    using again = await spawnServer('npm', start, { cwd: clone, env })
    await assertServes(again.url, 'acme/app', 'v1', image)
    if (craneHas) await assertServes(again.url, 'acme/other', 'v1', other)
    await again.end('SIGTERM')
  })

  await t.test('nothing is left in the clone or among the temporary files', async () => {
    assert.equal(run('git', ['status', '--porcelain'], clone), '')
    assert.equal(existsSync(join(clone, 'lading-data')), false)
    const left = await readdir(temporary)
    assert.deepEqual(
      left.filter((name) => name !== 'node-compile-cache'),
      [],
    )
  })
})

function whyNot(): string | false {
  const fails = (command: string, ...args: string[]): boolean =>
    spawnSync(command, args, { cwd: checkout, env: machineEnvironment(tmpdir()) }).status !== 0
  if (fails('git', 'rev-parse', '--verify', 'HEAD')) return 'there is no git, or this is no git checkout'
  return fails('npm', '--version') ? 'there is no npm beside the one of the tests' : false
}
