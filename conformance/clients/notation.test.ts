import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeImage, writeLayout } from '../kit/image.ts'
import { documentOf, readManifest, readReferrers } from '../kit/registry-reader.ts'
import { sharedStage } from '../kit/stage.ts'
import { givenTool, installedTool } from '../kit/tool.ts'

const notation = givenTool('notation')
const crane = installedTool('crane')
const skip = notation.skip || crane.skip
const open = sharedStage()
const signature = 'application/vnd.cncf.notary.signature'

test('a signature by a trusted certificate verifies, and one that nobody trusts does not', {
  skip,
}, async () => {
  const stage = await open()
  const [layout, folder, repository] = [await stage.folder(), await stage.folder(), stage.repository()]
  const image = makeImage()
  await writeLayout(layout, image, 'v1')
  await stage.run(crane, ['push', layout, `${stage.address}/${repository}:v1`])
  const reference = `${stage.address}/${repository}@${image.manifest.digest}`
  const env = { NOTATION_CONFIG: folder, XDG_CONFIG_HOME: folder }
  const policy = async (store: string): Promise<void> => {
    const rule = {
      name: 'all',
      registryScopes: ['*'],
      signatureVerification: { level: 'strict' },
      trustStores: [`ca:${store}`],
      trustedIdentities: ['*'],
    }
    await writeFile(join(folder, 'policy.json'), JSON.stringify({ version: '1.0', trustPolicies: [rule] }))
    await stage.run(notation, ['policy', 'import', '--force', join(folder, 'policy.json')], { env })
  }
  await stage.run(notation, ['cert', 'generate-test', 'other.test'], { env })
  await stage.run(notation, ['cert', 'generate-test', '--default', 'lading.test'], { env })
  await policy('lading.test')
  await stage.refuse(notation, ['verify', '--insecure-registry', reference], { env })
  await stage.run(notation, ['sign', '--insecure-registry', reference], { env })

  const { manifests = [] } = await readReferrers(stage.url, repository, image.manifest.digest)
  assert.equal(manifests.length, 1)
  const signed = documentOf(await readManifest(stage.url, repository, manifests[0]?.digest ?? ''))
  assert.equal(signed.config?.mediaType, signature)
  assert.equal(signed.subject?.digest, image.manifest.digest)

  await stage.run(notation, ['verify', '--insecure-registry', reference], { env })
  await policy('other.test')
  await stage.refuse(notation, ['verify', '--insecure-registry', reference], { env })
})
