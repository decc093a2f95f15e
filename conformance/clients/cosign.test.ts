import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeImage, writeLayout } from '../kit/image.ts'
import { readReferrers, readTags } from '../kit/registry-reader.ts'
import { type Stage, sharedStage } from '../kit/stage.ts'
import { givenTool, installedTool } from '../kit/tool.ts'

const cosign = givenTool('cosign')
const crane = installedTool('crane')
const skip = cosign.skip || crane.skip
const open = sharedStage({ COSIGN_PASSWORD: 'x' })
const bundle = 'application/vnd.dev.sigstore.bundle.v0.3+json'

interface Signing {
  readonly stage: Stage
  readonly repository: string
  readonly digest: string
  /** By digest, as a signature wants it. */
  readonly reference: string
  /** Holds cosign.key, cosign.pub and sc.json, a signing configuration without any service. */
  readonly folder: string
}

async function prepared(): Promise<Signing> {
  const stage = await open()
  const [layout, repository] = [await stage.folder(), stage.repository()]
  const image = makeImage()
  await writeLayout(layout, image, 'v1')
  await stage.run(crane, ['push', layout, `${stage.address}/${repository}:v1`])
  const { digest } = image.manifest
  return {
    stage,
    repository,
    digest,
    reference: `${stage.address}/${repository}@${digest}`,
    folder: await keys(stage),
  }
}

async function keys(stage: Stage): Promise<string> {
  const folder = await stage.folder()
  await stage.run(cosign, ['generate-key-pair'], { cwd: folder })
  await stage.run(cosign, ['signing-config', 'create', '--out', 'sc.json'], { cwd: folder })
  return folder
}

const offline = ['--insecure-ignore-tlog=true', '--allow-http-registry']
const signing = ['--key', 'cosign.key', '--signing-config', 'sc.json', '--yes', '--allow-http-registry']

test('a signature is a referrer, verifies by its key and not by another', { skip }, async () => {
  const { stage, repository, digest, reference, folder } = await prepared()
  const verify = ['verify', '--key', 'cosign.pub', ...offline, reference]
  await stage.refuse(cosign, verify, { cwd: folder })
  await stage.run(cosign, ['sign', ...signing, reference], { cwd: folder })
  const { manifests = [] } = await readReferrers(stage.url, repository, digest)
  assert.equal(manifests.length, 1)
  assert.deepEqual(await readTags(stage.url, repository), ['v1'], 'the referrers API makes tags needless')
  const { stdout } = await stage.run(cosign, verify, { cwd: folder })
  assert.ok(stdout.includes(digest), stdout)
  await stage.refuse(cosign, verify, { cwd: await keys(stage) })
})

test('an attestation is a bundle among the referrers and verifies by its key', { skip }, async () => {
  const { stage, repository, digest, reference, folder } = await prepared()
  await writeFile(join(folder, 'predicate.json'), JSON.stringify({ built: repository }))
  await stage.run(
    cosign,
    ['attest', '--type', 'custom', '--predicate', 'predicate.json', ...signing, reference],
    { cwd: folder },
  )
  const listed = await readReferrers(stage.url, repository, digest)
  assert.deepEqual(
    listed.manifests?.map((each) => (each as { artifactType?: string }).artifactType),
    [bundle],
  )
  const verify = ['verify-attestation', '--type', 'custom', '--key', 'cosign.pub', ...offline, reference]
  const { stdout } = await stage.run(cosign, verify, { cwd: folder })
  const payload = Buffer.from(JSON.parse(stdout.split('\n')[0] ?? '').payload, 'base64').toString()
  assert.ok(payload.includes(repository), payload)
  await stage.refuse(cosign, verify, { cwd: await keys(stage) })
})

test('signatures of the older form, under a tag, work too', { skip }, async () => {
  const { stage, repository, digest, reference, folder } = await prepared()
  const older = ['--tlog-upload=false', '--use-signing-config=false', '--new-bundle-format=false']
  await stage.run(
    cosign,
    ['sign', '--key', 'cosign.key', '--yes', '--allow-http-registry', ...older, reference],
    { cwd: folder },
  )
  assert.ok((await readTags(stage.url, repository)).includes(`${digest.replace(':', '-')}.sig`))
  const verify = ['verify', '--key', 'cosign.pub', '--new-bundle-format=false', ...offline, reference]
  await stage.run(cosign, verify, { cwd: folder })
  await stage.refuse(cosign, verify, { cwd: await keys(stage) })
})
