import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Image, makeImage, writeLayout } from '../kit/image.ts'
import { documentOf, readBlob, readManifest } from '../kit/registry-reader.ts'
import { type Stage, sharedStage } from '../kit/stage.ts'
import { installedTool } from '../kit/tool.ts'

const podman = installedTool('podman')
const open = sharedStage()

interface Machine {
  /** Takes in an image layout that stands in its folder, and answers the image's id. */
  load(image: Image): Promise<string>
  podman(...args: string[]): Promise<string>
}

/** A podman with nothing in its stores, as on another machine. Works on layers as folders: no overlay is needed. */
async function machine(stage: Stage): Promise<Machine> {
  const folder = await stage.folder()
  const stores = ['--root', join(folder, 'root'), '--runroot', join(folder, 'run'), '--storage-driver', 'vfs']
  const env = { XDG_RUNTIME_DIR: folder, TMPDIR: folder }
  const run = async (...args: string[]): Promise<string> =>
    (await stage.run(podman, [...stores, ...args], { cwd: folder, env })).stdout.trim()
  return {
    podman: run,
    async load(image) {
      await writeLayout(join(folder, 'layout'), image, 'v1')
      // By a relative path: podman makes a name of the path, and names have no capitals.
      return await run('pull', '--quiet', 'oci:layout:v1')
    },
  }
}

for (const format of ['oci', 'v2s2']) {
  test(`an image pushed as ${format} is the same image on another machine`, {
    skip: podman.skip,
  }, async () => {
    const stage = await open()
    const [repository, here, there] = [stage.repository(), await machine(stage), await machine(stage)]
    const image = makeImage([100, 250_000])
    const reference = `${stage.address}/${repository}:v1`
    const id = await here.load(image)
    await here.podman(
      'push',
      '--quiet',
      '--tls-verify=false',
      '--format',
      format,
      id,
      `docker://${reference}`,
    )

    const manifest = await readManifest(stage.url, repository, 'v1')
    const { config, layers = [] } = documentOf(manifest)
    for (const { digest, size } of layers)
      assert.equal((await readBlob(stage.url, repository, digest)).length, size)

    const pulled = await there.podman('pull', '--quiet', '--tls-verify=false', reference)
    assert.equal(`sha256:${pulled}`, config?.digest)
    const [facts] = JSON.parse(await there.podman('image', 'inspect', pulled))
    assert.equal(facts.Digest, manifest.digest)
    const { rootfs } = JSON.parse(image.config.bytes.toString())
    assert.deepEqual(facts.RootFS.Layers, rootfs.diff_ids)
  })
}

test('an image that is tagged and pushed again moves no layer and names the same manifest', {
  skip: podman.skip,
}, async () => {
  const stage = await open()
  const [repository, here] = [stage.repository(), await machine(stage)]
  const id = await here.load(makeImage())
  for (const tag of ['v1', 'v2']) {
    await here.podman(
      'push',
      '--quiet',
      '--tls-verify=false',
      id,
      `docker://${stage.address}/${repository}:${tag}`,
    )
  }
  const [first, second] = [
    await readManifest(stage.url, repository, 'v1'),
    await readManifest(stage.url, repository, 'v2'),
  ]
  assert.deepEqual(second, first)
})
