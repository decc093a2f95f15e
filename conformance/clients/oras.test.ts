import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { digestOf } from '../kit/image.ts'
import { documentOf, readManifest, readReferrers, readTags, statusOf } from '../kit/registry-reader.ts'
import { type Stage, sharedStage } from '../kit/stage.ts'
import { givenTool } from '../kit/tool.ts'

const oras = givenTool('oras')
const open = sharedStage()
const type = 'application/vnd.example.thing'

interface Pushed {
  readonly reference: string
  readonly repository: string
  readonly folder: string
  readonly content: Buffer
}

/** An artifact of one file, data.bin, under the tag v1. */
async function pushed(stage: Stage): Promise<Pushed> {
  const [folder, repository, content] = [await stage.folder(), stage.repository(), randomBytes(90_000)]
  const reference = `${stage.address}/${repository}:v1`
  await writeFile(join(folder, 'data.bin'), content)
  const args = [
    'push',
    '--plain-http',
    reference,
    '--artifact-type',
    type,
    'data.bin:application/octet-stream',
  ]
  await stage.run(oras, args, { cwd: folder })
  return { reference, repository, folder, content }
}

async function attach(stage: Stage, { reference, folder }: Pushed, kind: string): Promise<void> {
  await writeFile(join(folder, 'note.txt'), `note of ${kind}`)
  await stage.run(
    oras,
    ['attach', '--plain-http', reference, '--artifact-type', kind, 'note.txt:text/plain'],
    { cwd: folder },
  )
}

test('files are pushed as an artifact and pulled with the same bytes', { skip: oras.skip }, async () => {
  const stage = await open()
  const { reference, repository, content } = await pushed(stage)
  const document = documentOf(await readManifest(stage.url, repository, 'v1'))
  assert.equal(document.artifactType, type)
  assert.deepEqual(
    document.layers?.map(({ digest, size }) => ({ digest, size })),
    [{ digest: digestOf(content), size: content.length }],
  )
  const out = await stage.folder()
  await stage.run(oras, ['pull', '--plain-http', reference, '-o', out])
  assert.ok((await readFile(join(out, 'data.bin'))).equals(content))
})

test('what is attached is discovered, by type too', { skip: oras.skip }, async () => {
  const stage = await open()
  const artifact = await pushed(stage)
  const subject = await readManifest(stage.url, artifact.repository, 'v1')
  for (const kind of ['example/one', 'example/two']) await attach(stage, artifact, kind)
  const listed = await readReferrers(stage.url, artifact.repository, subject.digest)
  assert.equal(listed.manifests?.length, 2)
  const discover = async (...more: string[]): Promise<string[]> => {
    const { stdout } = await stage.run(oras, [
      'discover',
      '--plain-http',
      '--format',
      'json',
      ...more,
      artifact.reference,
    ])
    const found: { referrers: { digest: string }[] } = JSON.parse(stdout)
    return found.referrers.map(({ digest }) => digest).sort()
  }
  assert.deepEqual(await discover(), listed.manifests?.map(({ digest }) => digest).sort())
  assert.equal((await discover('--artifact-type', 'example/two')).length, 1)
  assert.deepEqual(
    await readTags(stage.url, artifact.repository),
    ['v1'],
    'the referrers API makes tags needless',
  )
})

test('a recursive copy takes the referrers along', { skip: oras.skip }, async () => {
  const stage = await open()
  const [artifact, to] = [await pushed(stage), stage.repository()]
  await attach(stage, artifact, 'example/one')
  const plain = ['--from-plain-http', '--to-plain-http']
  await stage.run(oras, ['cp', '-r', ...plain, artifact.reference, `${stage.address}/${to}:v1`])
  const subject = await readManifest(stage.url, artifact.repository, 'v1')
  assert.deepEqual(await readManifest(stage.url, to, 'v1'), subject)
  const before = await readReferrers(stage.url, artifact.repository, subject.digest)
  assert.deepEqual(await readReferrers(stage.url, to, subject.digest), before)
})

test('a backup restores tags, bytes and referrers elsewhere', { skip: oras.skip }, async () => {
  const stage = await open()
  const [artifact, to, out] = [await pushed(stage), stage.repository(), await stage.folder()]
  await attach(stage, artifact, 'example/one')
  const archive = join(out, 'backup.tar')
  await stage.run(oras, ['backup', '--plain-http', '--include-referrers', '-o', archive, artifact.reference])
  await stage.run(oras, ['restore', '--plain-http', '--input', archive, `${stage.address}/${to}`])
  const subject = await readManifest(stage.url, artifact.repository, 'v1')
  assert.deepEqual(await readManifest(stage.url, to, 'v1'), subject)
  const before = await readReferrers(stage.url, artifact.repository, subject.digest)
  assert.deepEqual(await readReferrers(stage.url, to, subject.digest), before)
  await stage.run(oras, ['pull', '--plain-http', `${stage.address}/${to}:v1`, '-o', out])
  assert.ok((await readFile(join(out, 'data.bin'))).equals(artifact.content))
})

test('tags are added and listed, and a manifest is deleted', { skip: oras.skip }, async () => {
  const stage = await open()
  const { reference, repository } = await pushed(stage)
  await stage.run(oras, ['tag', '--plain-http', reference, 'v2', 'stable'])
  const { stdout } = await stage.run(oras, ['repo', 'tags', '--plain-http', `${stage.address}/${repository}`])
  assert.deepEqual(stdout.trim().split('\n'), ['stable', 'v1', 'v2'])
  const { digest } = await readManifest(stage.url, repository, 'v2')
  await stage.run(oras, [
    'manifest',
    'delete',
    '-f',
    '--plain-http',
    `${stage.address}/${repository}@${digest}`,
  ])
  assert.equal(await statusOf(stage.url, `/v2/${repository}/manifests/v1`), 404)
  assert.deepEqual(await readTags(stage.url, repository), [])
})
