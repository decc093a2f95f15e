import assert from 'node:assert/strict'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { digestOf } from '../kit/image.ts'
import { documentOf, readManifest, readTags } from '../kit/registry-reader.ts'
import { type Stage, sharedStage } from '../kit/stage.ts'
import { installedTool } from '../kit/tool.ts'

const helm = installedTool('helm')
const open = sharedStage()
const chartLayer = 'application/vnd.cncf.helm.chart.content.v1.tar+gzip'
const chartConfig = 'application/vnd.cncf.helm.config.v1+json'

/** A chart of one template, packed by helm itself. Answers the archive's path. */
async function packChart(stage: Stage, name: string, version: string): Promise<string> {
  const folder = await stage.folder()
  await mkdir(join(folder, name, 'templates'), { recursive: true })
  await writeFile(join(folder, name, 'Chart.yaml'), `apiVersion: v2\nname: ${name}\nversion: ${version}\n`)
  const template =
    'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: {{ .Release.Name }} }\ndata: { from: chart }\n'
  await writeFile(join(folder, name, 'templates/map.yaml'), template)
  await stage.run(helm, ['package', name], { cwd: folder })
  return join(folder, `${name}-${version}.tgz`)
}

for (const { version, tag } of [
  { version: '0.1.0', tag: '0.1.0' },
  { version: '1.2.3-rc.1+build.5', tag: '1.2.3-rc.1_build.5' },
]) {
  test(`a chart of version ${version} is pushed and pulled with the same bytes`, {
    skip: helm.skip,
  }, async () => {
    const stage = await open()
    const [archive, pulled, repository] = [
      await packChart(stage, 'probe', version),
      await stage.folder(),
      stage.repository('charts'),
    ]
    const bytes = await readFile(archive)
    const chart = `oci://${stage.address}/${repository}/probe`
    const pushed = await stage.run(helm, [
      'push',
      archive,
      `oci://${stage.address}/${repository}`,
      '--plain-http',
    ])
    const manifest = await readManifest(stage.url, `${repository}/probe`, tag)
    const { config, layers } = documentOf(manifest)
    assert.ok(`${pushed.stdout}${pushed.stderr}`.includes(manifest.digest))
    assert.equal(config?.mediaType, chartConfig)
    assert.deepEqual(
      layers?.map(({ mediaType, digest }) => ({ mediaType, digest })),
      [{ mediaType: chartLayer, digest: digestOf(bytes) }],
    )
    assert.deepEqual(await readTags(stage.url, `${repository}/probe`), [tag])
    await stage.run(helm, ['pull', chart, '--version', version, '--plain-http', '--destination', pulled])
    assert.ok((await readFile(join(pulled, `probe-${version}.tgz`))).equals(bytes))
  })
}

test('a chart is shown and rendered from the registry, by range too', { skip: helm.skip }, async () => {
  const stage = await open()
  const repository = stage.repository('charts')
  for (const version of ['1.0.0', '1.4.0', '2.0.0']) {
    const archive = await packChart(stage, 'probe', version)
    await stage.run(helm, ['push', archive, `oci://${stage.address}/${repository}`, '--plain-http'])
  }
  const chart = `oci://${stage.address}/${repository}/probe`
  const shown = await stage.run(helm, ['show', 'chart', chart, '--version', '^1.0.0', '--plain-http'])
  assert.match(shown.stdout, /^version: 1\.4\.0$/m)
  const rendered = await stage.run(helm, ['template', 'release', chart, '--version', '2.0.0', '--plain-http'])
  assert.match(rendered.stdout, /name: release/)
  await stage.refuse(helm, ['show', 'chart', chart, '--version', '3.0.0', '--plain-http'])
})
