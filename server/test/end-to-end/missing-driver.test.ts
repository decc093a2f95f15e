import assert from 'node:assert/strict'
import { cp, mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { runProgram } from '../../../conformance/kit/run-program.ts'

const checkout = join(import.meta.dirname, '../../..')
const drivers = ['pg', 'mongodb', '@aws-sdk', 'redis', 'memjs', '@opensearch-project', '@elastic']

/** A clone whose packages were installed without those that only development wants. */
async function cloneWithoutDrivers(root: string): Promise<string> {
  const [server, packages] = [join(root, 'server'), join(root, 'node_modules')]
  for (const part of ['bin', 'src', 'package.json'])
    await cp(join(checkout, 'server', part), join(server, part), { recursive: true })
  await mkdir(packages)
  for (const name of await readdir(join(checkout, 'node_modules'))) {
    if (!drivers.includes(name)) await symlink(join(checkout, 'node_modules', name), join(packages, name))
  }
  return join(server, 'bin/lading.js')
}

test('where a driver is not installed, the command says which, and how it comes there', async (t) => {
  const root = await mkdtemp(join(tmpdir(), 'lading-drivers-'))
  t.after(() => rm(root, { recursive: true, force: true }))
  const launcher = await cloneWithoutDrivers(root)
  await mkdir(join(root, 'tmp'))
  const bucket = { LADING_BLOBS_BUCKET: 'lading' }
  const wanting: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    pg: { ...bucket, LADING_STORE_URL: 'postgresql://db/lading' },
    mongodb: { ...bucket, LADING_STORE_URL: 'mongodb://db/lading' },
    '@aws-sdk/client-s3': bucket,
    redis: { LADING_CACHE_REDIS: 'redis://cache' },
    memjs: { LADING_CACHE_MEMCACHED: 'cache:11211' },
    '@opensearch-project/opensearch': {
      LADING_SEARCH_ENGINE: 'opensearch',
      LADING_SEARCH_URL: 'https://search:9200',
    },
    '@elastic/elasticsearch': {
      LADING_SEARCH_ENGINE: 'elasticsearch',
      LADING_SEARCH_URL: 'https://search:9200',
    },
  }
  for (const [driver, settings] of Object.entries(wanting)) {
    const ofRecords = ['pg', 'mongodb'].includes(driver)
    for (const command of ['serve', ...(ofRecords ? ['migrate status', 'gc'] : [])]) {
      const data = join(root, `data of ${driver}`)
      const env = { LADING_LISTEN: '127.0.0.1:0', LADING_DATA: data, TMPDIR: join(root, 'tmp'), ...settings }
      const args = [launcher, ...command.split(' ')]
      const { code, stdout, stderr } = await runProgram(process.execPath, args, { cwd: root, env })
      assert.notEqual(code, 0, stdout)
      const words = `the package ${driver}, which this needs, is not installed beside ${join(root, 'server')}/: run \`npm ci\` in the clone`
      assert.ok(stderr.includes(words), `${command} with ${driver}: ${stderr}`)
      assert.doesNotMatch(stderr, /Cannot find package|\n\s+at /)
    }
  }
})
