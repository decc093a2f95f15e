import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { digestOf, makeImage, makeIndex, writeLayout } from '../kit/image.ts'
import {
  assertLayoutHolds,
  assertServes,
  documentOf,
  readBlob,
  readManifest,
  readTags,
  statusOf,
} from '../kit/registry-reader.ts'
import { sharedStage } from '../kit/stage.ts'
import { tar } from '../kit/tar.ts'
import { installedTool } from '../kit/tool.ts'

const crane = installedTool('crane')
const open = sharedStage()

test('an image layout that crane pushes is served and pulled byte for byte', {
  skip: crane.skip,
}, async () => {
  const stage = await open()
  const [layout, pulled, repository] = [await stage.folder(), await stage.folder(), stage.repository()]
  const image = makeImage([100, 70_000, 1_500_000])
  await writeLayout(layout, image, 'v1')
  const reference = `${stage.address}/${repository}:v1`
  const pushed = await stage.run(crane, ['push', layout, reference])
  assert.ok(pushed.stdout.trim().endsWith(`@${image.manifest.digest}`), pushed.stdout)
  await assertServes(stage.url, repository, 'v1', image)
  assert.equal((await stage.run(crane, ['digest', reference])).stdout.trim(), image.manifest.digest)
  const { output } = await stage.run(crane, ['manifest', reference])
  assert.ok(output.subarray(0, image.manifest.bytes.length).equals(image.manifest.bytes))
  await stage.run(crane, ['pull', '--format=oci', reference, pulled])
  await assertLayoutHolds(pulled, image)
  await stage.run(crane, ['validate', '--remote', reference])
})

test('an index of two platforms goes there and back', { skip: crane.skip }, async () => {
  const stage = await open()
  const [layout, pulled, repository] = [await stage.folder(), await stage.folder(), stage.repository()]
  const index = makeIndex()
  await writeLayout(layout, index, 'v1')
  const reference = `${stage.address}/${repository}:v1`
  await stage.run(crane, ['push', layout, reference])
  assert.deepEqual(await readManifest(stage.url, repository, 'v1'), index.index)
  await stage.run(crane, ['pull', '--format=oci', reference, pulled])
  await assertLayoutHolds(pulled, index)
  const arm = await stage.run(crane, ['digest', '--platform=linux/arm64', reference])
  assert.equal(arm.stdout.trim(), index.images[1]?.manifest.digest)
})

test('a layer appended to nothing is what the archive held', { skip: crane.skip }, async () => {
  const stage = await open()
  const [folder, repository] = [await stage.folder(), stage.repository()]
  const archive = tar([{ name: 'hello', content: Buffer.from(repository) }])
  await writeFile(join(folder, 'layer.tar'), archive)
  const reference = `${stage.address}/${repository}:v1`
  await stage.run(crane, ['append', '--oci-empty-base', '-f', join(folder, 'layer.tar'), '-t', reference])
  const { config } = documentOf(await readManifest(stage.url, repository, 'v1'))
  const { rootfs } = JSON.parse((await readBlob(stage.url, repository, config?.digest ?? '')).toString())
  assert.deepEqual(rootfs.diff_ids, [digestOf(archive)])
  const exported = await stage.run(crane, ['export', reference, '-'])
  assert.ok(exported.output.includes(Buffer.from(repository)))
})

test('a copy to another repository keeps every byte', { skip: crane.skip }, async () => {
  const stage = await open()
  const [layout, from, to] = [await stage.folder(), stage.repository(), stage.repository('other/deep')]
  const image = makeImage()
  await writeLayout(layout, image, 'v1')
  await stage.run(crane, ['push', layout, `${stage.address}/${from}:v1`])
  await stage.run(crane, ['copy', `${stage.address}/${from}:v1`, `${stage.address}/${to}:v2`])
  await assertServes(stage.url, to, 'v2', image)
  const { stdout } = await stage.run(crane, ['catalog', stage.address])
  const listed = stdout.trim().split('\n')
  assert.ok(listed.includes(from) && listed.includes(to), stdout)
})

test('tags are set, listed and deleted, and a deleted manifest is gone at once', {
  skip: crane.skip,
}, async () => {
  const stage = await open()
  const [layout, repository] = [await stage.folder(), stage.repository()]
  const image = makeImage()
  await writeLayout(layout, image, 'v1')
  const name = `${stage.address}/${repository}`
  await stage.run(crane, ['push', layout, `${name}:v1`])
  await stage.run(crane, ['tag', `${name}:v1`, 'latest'])
  assert.equal((await stage.run(crane, ['ls', name])).stdout, 'latest\nv1\n')
  await stage.run(crane, ['delete', `${name}:latest`])
  assert.deepEqual(await readTags(stage.url, repository), ['v1'])
  await assertServes(stage.url, repository, 'v1', image)
  await stage.run(crane, ['delete', `${name}@${image.manifest.digest}`])
  assert.equal(await statusOf(stage.url, `/v2/${repository}/manifests/${image.manifest.digest}`), 404)
  assert.equal(await statusOf(stage.url, `/v2/${repository}/manifests/v1`), 404)
  await stage.refuse(crane, ['digest', `${name}:v1`])
})
