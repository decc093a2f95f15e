import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Content, digestOf, makeImage, makeIndex, ociManifest, writeLayout } from '../kit/image.ts'
import {
  assertLayoutHolds,
  assertServes,
  readManifest,
  readReferrers,
  readTags,
} from '../kit/registry-reader.ts'
import { type Finished, succeed } from '../kit/run-program.ts'
import { type Stage, sharedStage } from '../kit/stage.ts'
import { givenTool, installedTool } from '../kit/tool.ts'

// What `lading export` writes is read by other programs, and what they write by `lading import`.
const skopeo = installedTool('skopeo')
const crane = installedTool('crane')
const regctl = installedTool('regctl')
const oras = givenTool('oras')
const open = sharedStage()
const launcher = join(import.meta.dirname, '../../server/bin/lading.js')
const target =
  process.env['LADING_TARGET'] === undefined ? false : 'the data folder of LADING_TARGET is not here'

async function lading(stage: Stage, ...args: string[]): Promise<Finished> {
  return await succeed(process.execPath, [launcher, ...args, '--data', stage.data ?? ''], {
    cwd: await stage.folder(),
  })
}

async function push(stage: Stage, repository: string, path: string, content: Content): Promise<void> {
  const response = await fetch(`${stage.url}/v2/${repository}/${path}`, {
    method: path.startsWith('blobs') ? 'POST' : 'PUT',
    headers: { 'Content-Type': content.mediaType },
    body: new Uint8Array(content.bytes),
  })
  assert.equal(response.status, 201, await response.text())
}

/** An image, tagged v1, and something that speaks of it. */
async function pushSigned(
  stage: Stage,
  repository: string,
): Promise<{ image: ReturnType<typeof makeImage>; signature: Content }> {
  const image = makeImage([100, 200_000])
  const empty = Buffer.from('{}')
  const config = { mediaType: 'application/vnd.oci.empty.v1+json', digest: digestOf(empty), bytes: empty }
  for (const blob of [image.config, ...image.layers, config]) {
    await push(stage, repository, `blobs/uploads/?digest=${blob.digest}`, {
      ...blob,
      mediaType: 'application/octet-stream',
    })
  }
  await push(stage, repository, 'manifests/v1', image.manifest)
  const bytes = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: ociManifest,
      artifactType: 'application/vnd.example.signature',
      config: { mediaType: config.mediaType, digest: config.digest, size: 2 },
      layers: [],
      subject: { mediaType: ociManifest, digest: image.manifest.digest, size: image.manifest.bytes.length },
    }),
  )
  const signature = { mediaType: ociManifest, digest: digestOf(bytes), bytes }
  await push(stage, repository, `manifests/${signature.digest}`, signature)
  return { image, signature }
}

test('skopeo reads an exported folder and an exported archive', { skip: target || skopeo.skip }, async () => {
  const stage = await open()
  const [out, from, to] = [await stage.folder(), stage.repository(), stage.repository()]
  const { image } = await pushSigned(stage, from)
  await lading(stage, 'export', from, join(out, 'layout'))
  await lading(stage, 'export', from, join(out, 'layout.tar'), 'v1')
  for (const source of [`oci:${out}/layout:v1`, `oci-archive:${out}/layout.tar:v1`]) {
    const raw = await stage.run(skopeo, ['inspect', '--raw', source])
    assert.ok(raw.output.equals(image.manifest.bytes), source)
    await stage.run(skopeo, ['copy', '--dest-tls-verify=false', source, `docker://${stage.address}/${to}:v1`])
    await assertServes(stage.url, to, 'v1', image)
  }
  await assertLayoutHolds(join(out, 'layout'), image)
})

test('what skopeo writes, a folder or an archive, is imported', { skip: target || skopeo.skip }, async () => {
  const stage = await open()
  const [layout, out, from] = [await stage.folder(), await stage.folder(), stage.repository()]
  const index = makeIndex()
  await writeLayout(layout, index, 'v1')
  await lading(stage, 'import', layout, from)
  assert.deepEqual(await readManifest(stage.url, from, 'v1'), index.index)
  for (const place of [`oci:${out}/copy:v2`, `oci-archive:${out}/copy.tar:v2`]) {
    const source = `docker://${stage.address}/${from}:v1`
    await stage.run(skopeo, ['copy', '--all', '--src-tls-verify=false', source, place])
    const to = stage.repository()
    await lading(stage, 'import', place.split(':')[1] ?? '', to)
    assert.deepEqual(await readTags(stage.url, to), ['v2'])
    assert.deepEqual(await readManifest(stage.url, to, 'v2'), index.index)
    for (const image of index.images) await assertServes(stage.url, to, image.manifest.digest, image)
  }
})

test('crane pushes an exported folder, and what it pulls is imported', {
  skip: target || crane.skip,
}, async () => {
  const stage = await open()
  const [out, from, to, again] = [
    await stage.folder(),
    stage.repository(),
    stage.repository(),
    stage.repository(),
  ]
  const image = makeImage([100, 90_000])
  for (const blob of [image.config, ...image.layers]) {
    await push(stage, from, `blobs/uploads/?digest=${blob.digest}`, {
      ...blob,
      mediaType: 'application/octet-stream',
    })
  }
  await push(stage, from, 'manifests/v1', image.manifest)
  await lading(stage, 'export', from, join(out, 'layout'), 'v1')
  await stage.run(crane, ['push', '--insecure', join(out, 'layout'), `${stage.address}/${to}:v1`])
  await assertServes(stage.url, to, 'v1', image)
  const pulled = join(out, 'pulled')
  await stage.run(crane, ['pull', '--insecure', '--format=oci', `${stage.address}/${from}:v1`, pulled])
  await lading(stage, 'import', pulled, again, '--tag', 'v3')
  await assertServes(stage.url, again, 'v3', image)
})

test('regctl finds what speaks of an exported image, and what it copies is imported with it', {
  skip: target || regctl.skip,
}, async () => {
  const stage = await open()
  const [out, from, to] = [await stage.folder(), stage.repository(), stage.repository()]
  const { image, signature } = await pushSigned(stage, from)
  await lading(stage, 'export', from, join(out, 'layout'))
  const listed = await stage.run(regctl, [
    'artifact',
    'list',
    `ocidir://${out}/layout:v1`,
    '--format',
    '{{json .}}',
  ])
  assert.ok(listed.stdout.includes(signature.digest), listed.stdout)
  const host = ['--host', `reg=${stage.address},tls=disabled`]
  await stage.run(regctl, [
    ...host,
    'image',
    'copy',
    '--referrers',
    `${stage.address}/${from}:v1`,
    `ocidir://${out}/copy:v1`,
  ])
  await lading(stage, 'import', join(out, 'copy'), to)
  await assertServes(stage.url, to, 'v1', image)
  assert.deepEqual(await readTags(stage.url, to), ['v1'])
  const { manifests = [] } = await readReferrers(stage.url, to, image.manifest.digest)
  assert.deepEqual(
    manifests.map(({ digest }) => digest),
    [signature.digest],
  )
})

test('oras finds what speaks of an exported image, and what it copies is imported with it', {
  skip: target || oras.skip,
}, async () => {
  const stage = await open()
  const [out, from, to] = [await stage.folder(), stage.repository(), stage.repository()]
  const { image, signature } = await pushSigned(stage, from)
  await lading(stage, 'export', from, join(out, 'layout'))
  await lading(stage, 'export', from, join(out, 'layout.tar'))
  for (const name of ['layout', 'layout.tar']) {
    const found = await stage.run(oras, [
      'discover',
      '--oci-layout',
      `${join(out, name)}:v1`,
      '--format',
      'json',
    ])
    assert.ok(found.stdout.includes(signature.digest), found.stdout)
  }
  await stage.run(oras, [
    'cp',
    '-r',
    '--from-plain-http',
    `${stage.address}/${from}:v1`,
    '--to-oci-layout',
    `${join(out, 'copy')}:v1`,
  ])
  await lading(stage, 'import', join(out, 'copy'), to)
  await assertServes(stage.url, to, 'v1', image)
  const { manifests = [] } = await readReferrers(stage.url, to, image.manifest.digest)
  assert.deepEqual(
    manifests.map(({ digest }) => digest),
    [signature.digest],
  )
  assert.equal(JSON.parse(await readFile(join(out, 'layout/oci-layout'), 'utf8')).imageLayoutVersion, '1.0.0')
})
