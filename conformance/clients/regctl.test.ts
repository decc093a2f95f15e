import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeImage, makeIndex, writeLayout } from '../kit/image.ts'
import {
  assertLayoutHolds,
  assertServes,
  readManifest,
  readReferrers,
  readTags,
  statusOf,
} from '../kit/registry-reader.ts'
import { type Stage, sharedStage } from '../kit/stage.ts'
import { installedTool } from '../kit/tool.ts'

const regctl = installedTool('regctl')
const shared = sharedStage()

/** regctl speaks TLS to every host that its own settings do not exempt. */
async function open(): Promise<Stage> {
  const stage = await shared()
  await stage.run(regctl, ['registry', 'set', stage.address, '--tls', 'disabled'])
  return stage
}

test('a layout is copied in, between repositories and out byte for byte', { skip: regctl.skip }, async () => {
  const stage = await open()
  const [layout, out] = [await stage.folder(), await stage.folder()]
  const [first, second] = [stage.repository(), stage.repository()]
  const image = makeImage([100, 200_000])
  await writeLayout(layout, image, 'v1')
  await stage.run(regctl, ['image', 'copy', `ocidir://${layout}:v1`, `${stage.address}/${first}:v1`])
  await assertServes(stage.url, first, 'v1', image)
  await stage.run(regctl, ['image', 'copy', `${stage.address}/${first}:v1`, `${stage.address}/${second}:v1`])
  await assertServes(stage.url, second, 'v1', image)
  await stage.run(regctl, ['image', 'copy', `${stage.address}/${second}:v1`, `ocidir://${out}/copy:v1`])
  await assertLayoutHolds(join(out, 'copy'), image)
})

test('an index is exported and imported again as it was', { skip: regctl.skip }, async () => {
  const stage = await open()
  const [layout, out] = [await stage.folder(), await stage.folder()]
  const [first, second] = [stage.repository(), stage.repository()]
  const index = makeIndex()
  await writeLayout(layout, index, 'v1')
  await stage.run(regctl, ['image', 'copy', `ocidir://${layout}:v1`, `${stage.address}/${first}:v1`])
  await stage.run(regctl, ['image', 'export', `${stage.address}/${first}:v1`, join(out, 'image.tar')])
  await stage.run(regctl, ['image', 'import', `${stage.address}/${second}:v1`, join(out, 'image.tar')])
  assert.deepEqual(await readManifest(stage.url, second, 'v1'), index.index)
  for (const image of index.images) await assertServes(stage.url, second, image.manifest.digest, image)
})

test('an artifact hangs on its subject, is listed by type, and follows a copy', {
  skip: regctl.skip,
}, async () => {
  const stage = await open()
  const [layout, folder] = [await stage.folder(), await stage.folder()]
  const [first, second] = [stage.repository(), stage.repository()]
  const image = makeImage()
  const report = randomBytes(2000)
  await writeLayout(layout, image, 'v1')
  await writeFile(join(folder, 'report.bin'), report)
  const subject = `${stage.address}/${first}:v1`
  const type = 'application/vnd.example.report'
  await stage.run(regctl, ['image', 'copy', `ocidir://${layout}:v1`, subject])
  const put = [
    'artifact',
    'put',
    '--artifact-type',
    type,
    '--subject',
    subject,
    '-f',
    join(folder, 'report.bin'),
  ]
  await stage.run(regctl, put)
  await stage.run(regctl, [...put.with(3, 'application/vnd.example.other')])
  const listed = await readReferrers(stage.url, first, image.manifest.digest)
  assert.equal(listed.manifests?.length, 2)
  const filtered = await stage.run(regctl, [
    'artifact',
    'list',
    subject,
    '--filter-artifact-type',
    type,
    '--format',
    '{{ len .Descriptors }}',
  ])
  assert.equal(filtered.stdout.trim(), '1')
  const got = await stage.run(regctl, [
    'artifact',
    'get',
    '--subject',
    subject,
    '--filter-artifact-type',
    type,
  ])
  assert.ok(got.output.equals(report))
  await stage.run(regctl, [
    'image',
    'copy',
    '--referrers',
    '--digest-tags',
    subject,
    `${stage.address}/${second}:v1`,
  ])
  const copied = await readReferrers(stage.url, second, image.manifest.digest)
  const digests = (list: typeof copied): string[] => (list.manifests ?? []).map(({ digest }) => digest).sort()
  assert.deepEqual(digests(copied), digests(listed))
})

test('an artifact without a subject goes there and back', { skip: regctl.skip }, async () => {
  const stage = await open()
  const [folder, repository] = [await stage.folder(), stage.repository()]
  const content = randomBytes(100_000)
  await writeFile(join(folder, 'a.bin'), content)
  const reference = `${stage.address}/${repository}:v1`
  await stage.run(regctl, [
    'artifact',
    'put',
    '--artifact-type',
    'application/vnd.example.a',
    '-f',
    join(folder, 'a.bin'),
    reference,
  ])
  await stage.run(regctl, ['artifact', 'get', reference, '--output', folder, '--strip-dirs'])
  assert.ok((await readFile(join(folder, 'a.bin'))).equals(content))
  const { output } = await stage.run(regctl, ['artifact', 'get', reference])
  assert.ok(output.equals(content))
})

test('tags and repositories are listed, and a removed tag leaves the others', {
  skip: regctl.skip,
}, async () => {
  const stage = await open()
  const [layout, repository] = [await stage.folder(), stage.repository()]
  const image = makeImage()
  await writeLayout(layout, image, 'v1')
  const name = `${stage.address}/${repository}`
  for (const tag of ['v1', 'v2'])
    await stage.run(regctl, ['image', 'copy', `ocidir://${layout}:v1`, `${name}:${tag}`])
  assert.equal((await stage.run(regctl, ['tag', 'ls', name])).stdout, 'v1\nv2\n')
  const { stdout } = await stage.run(regctl, ['repo', 'ls', stage.address])
  assert.ok(stdout.split('\n').includes(repository), stdout)
  await stage.run(regctl, ['tag', 'rm', `${name}:v1`])
  assert.deepEqual(await readTags(stage.url, repository), ['v2'])
  assert.equal(await statusOf(stage.url, `/v2/${repository}/manifests/v1`), 404)
  await assertServes(stage.url, repository, 'v2', image)
})

test('a blob is put, read and deleted by itself', { skip: regctl.skip }, async () => {
  const stage = await open()
  const name = stage.repository()
  const input = `blob of ${name}`
  const { stdout } = await stage.run(regctl, ['blob', 'put', `${stage.address}/${name}`], { input })
  const digest = stdout.trim()
  assert.equal((await stage.run(regctl, ['blob', 'get', `${stage.address}/${name}`, digest])).stdout, input)
  await stage.run(regctl, ['blob', 'delete', `${stage.address}/${name}`, digest])
  assert.equal(await statusOf(stage.url, `/v2/${name}/blobs/${digest}`), 404)
})
