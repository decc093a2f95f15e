import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
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
import { installedTool } from '../kit/tool.ts'

const skopeo = installedTool('skopeo')
const open = sharedStage()
const push = ['copy', '--dest-tls-verify=false']
const pull = ['copy', '--src-tls-verify=false']
const dockerManifest = 'application/vnd.docker.distribution.manifest.v2+json'

test('an OCI layout goes in and comes out byte for byte', { skip: skopeo.skip }, async () => {
  const stage = await open()
  const [layout, out, repository] = [await stage.folder(), await stage.folder(), stage.repository()]
  const image = makeImage([100, 400_000])
  await writeLayout(layout, image, 'v1')
  const remote = `docker://${stage.address}/${repository}:v1`
  await stage.run(skopeo, [...push, `oci:${layout}:v1`, remote])
  await assertServes(stage.url, repository, 'v1', image)
  await stage.run(skopeo, [...pull, remote, `oci:${out}/copy:v1`])
  await assertLayoutHolds(join(out, 'copy'), image)
  const raw = await stage.run(skopeo, ['inspect', '--tls-verify=false', '--raw', remote])
  assert.ok(raw.output.equals(image.manifest.bytes))
})

test('a Docker schema 2 image keeps its form and comes back to a folder as it is', {
  skip: skopeo.skip,
}, async () => {
  const stage = await open()
  const [layout, out, repository] = [await stage.folder(), await stage.folder(), stage.repository()]
  const image = makeImage([100, 90_000])
  await writeLayout(layout, image, 'v1')
  const remote = `docker://${stage.address}/${repository}:v1`
  await stage.run(skopeo, [...push, '--format=v2s2', `oci:${layout}:v1`, remote])
  const manifest = await readManifest(stage.url, repository, 'v1')
  const { layers = [], config } = documentOf(manifest)
  assert.equal(manifest.mediaType, dockerManifest)
  assert.deepEqual(
    layers.map(({ digest }) => digest),
    image.layers.map(({ digest }) => digest),
  )
  await stage.run(skopeo, [...pull, remote, `dir:${out}/copy`])
  assert.ok((await readFile(join(out, 'copy/manifest.json'))).equals(manifest.bytes))
  for (const { digest } of [...layers, ...(config ? [config] : [])]) {
    const bytes = await readFile(join(out, 'copy', digest.slice('sha256:'.length)))
    assert.equal(digestOf(bytes), digest)
    assert.ok(bytes.equals(await readBlob(stage.url, repository, digest)))
  }
  await stage.run(skopeo, [...push, `dir:${out}/copy`, `${remote}-again`])
  assert.deepEqual(await readManifest(stage.url, repository, 'v1-again'), manifest)
})

test('all platforms of an index are copied', { skip: skopeo.skip }, async () => {
  const stage = await open()
  const [layout, from, to] = [await stage.folder(), stage.repository(), stage.repository()]
  const index = makeIndex()
  await writeLayout(layout, index, 'v1')
  await stage.run(skopeo, [...push, '--all', `oci:${layout}:v1`, `docker://${stage.address}/${from}:v1`])
  assert.deepEqual(await readManifest(stage.url, from, 'v1'), index.index)
  await stage.run(skopeo, [
    ...push,
    '--src-tls-verify=false',
    '--all',
    `docker://${stage.address}/${from}:v1`,
    `docker://${stage.address}/${to}:v1`,
  ])
  assert.deepEqual(await readManifest(stage.url, to, 'v1'), index.index)
  for (const image of index.images) await assertServes(stage.url, to, image.manifest.digest, image)
})

test('tags are listed, an image is inspected and deleted', { skip: skopeo.skip }, async () => {
  const stage = await open()
  const [layout, repository] = [await stage.folder(), stage.repository()]
  const image = makeImage()
  await writeLayout(layout, image, 'v1')
  const remote = `docker://${stage.address}/${repository}`
  for (const tag of ['v1', 'v2']) await stage.run(skopeo, [...push, `oci:${layout}:v1`, `${remote}:${tag}`])
  const listed = await stage.run(skopeo, ['list-tags', '--tls-verify=false', remote])
  assert.deepEqual(JSON.parse(listed.stdout).Tags, ['v1', 'v2'])
  const inspected = JSON.parse(
    (await stage.run(skopeo, ['inspect', '--tls-verify=false', `${remote}:v1`])).stdout,
  )
  assert.equal(inspected.Digest, image.manifest.digest)
  assert.deepEqual(
    inspected.Layers,
    image.layers.map(({ digest }) => digest),
  )
  // skopeo deletes what a tag names, by its digest: every tag of it goes.
  await stage.run(skopeo, ['delete', '--tls-verify=false', `${remote}:v1`])
  assert.equal(await statusOf(stage.url, `/v2/${repository}/manifests/${image.manifest.digest}`), 404)
  assert.deepEqual(await readTags(stage.url, repository), [])
})
