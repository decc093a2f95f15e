import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { ArtifactType } from '../../server/src/library/artifact-type.ts'
import { unwrap } from '../../server/src/library/result.ts'
import { SQLiteBackend } from '../../server/src/library/sqlite-backend.ts'
import { digestOf, makeImage, writeLayout } from '../kit/image.ts'
import { startServer } from '../kit/live-server.ts'
import { documentOf, readBlob, readManifest } from '../kit/registry-reader.ts'
import { succeed } from '../kit/run-program.ts'
import { temporaryFolder } from '../kit/temporary-folder.ts'
import { givenTool, installedTool, type Tool } from '../kit/tool.ts'

const crane = installedTool('crane')
const regctl = installedTool('regctl')
const oras = givenTool('oras')

/** Larger than what stands in the database: its bytes are in a file. */
const source = `PERSONA Ada\n${randomBytes(60_000).toString('hex')}\n`
const name = 'persona/acme/ada'

interface Pull {
  readonly tool: Tool
  /** Pulls the persona into the folder; answers the bytes of its source. */
  readonly pull: (address: string, folder: string) => Promise<Buffer>
}

/** The blob of a layout that a client has written. */
const inLayout = (folder: string): Promise<Buffer> =>
  readFile(join(folder, 'blobs/sha256', digestOf(Buffer.from(source)).slice('sha256:'.length)))

const pulls: readonly Pull[] = [
  {
    tool: crane,
    pull: async (address, folder) => {
      const layout = join(folder, 'layout')
      const args = ['pull', '--insecure', '--format=oci', `${address}/${name}:1.0.0`, layout]
      await succeed(crane.path, args, { cwd: folder, env: { HOME: folder } })
      return await inLayout(layout)
    },
  },
  {
    tool: regctl,
    pull: async (address, folder) => {
      const running = { cwd: folder, env: { HOME: folder } }
      await succeed(regctl.path, ['registry', 'set', '--tls=disabled', address], running)
      const digest = digestOf(Buffer.from(source))
      const { output } = await succeed(regctl.path, ['blob', 'get', `${address}/${name}`, digest], running)
      const copied = ['image', 'copy', `${address}/${name}:1.0.0`, 'ocidir://layout:1.0.0']
      await succeed(regctl.path, copied, running)
      assert.deepEqual(await inLayout(join(folder, 'layout')), output)
      return output
    },
  },
  {
    tool: oras,
    pull: async (address, folder) => {
      const args = ['pull', '--plain-http', `${address}/${name}:1.0.0`]
      await succeed(oras.path, args, { cwd: folder, env: { HOME: folder } })
      return await readFile(join(folder, 'ada.pcl'))
    },
  },
]

for (const { tool, pull } of pulls) {
  test(`a persona that the library made is pulled byte for byte by ${tool.name}`, {
    skip: tool.skip,
  }, async () => {
    await using data = await temporaryFolder()
    await using folder = await temporaryFolder()
    const backend = new SQLiteBackend({ filename: data.path })
    unwrap(await backend.connect())
    const metadata = { name: 'Ada', version: '1.0.0', organization: 'acme' }
    unwrap(await backend.create({ type: ArtifactType.PERSONA, metadata, source, published: true }))
    unwrap(await backend.disconnect())
    await using server = await startServer([], data.path)
    assert.equal((await pull(server.address, folder.path)).toString(), source)
    const manifest = documentOf(await readManifest(server.url, name, 'latest'))
    const config = JSON.parse((await readBlob(server.url, name, manifest.config?.digest ?? '')).toString())
    assert.deepEqual([config.kind, config.name, config.version], ['persona', 'Ada', '1.0.0'])
  })
}

/** Each pushes something to `acme/<its name>:1.0.0`; answers what the library must read as its source. */
const pushes: readonly {
  tool: Tool
  type: string
  push: (address: string, folder: string) => Promise<string>
}[] = [
  {
    tool: crane,
    type: 'image',
    push: async (address, folder) => {
      const image = makeImage([100, 70_000])
      await writeLayout(folder, image, 'v1')
      const args = ['push', '--insecure', folder, `${address}/acme/crane:1.0.0`]
      await succeed(crane.path, args, { cwd: folder, env: { HOME: folder } })
      return image.manifest.bytes.toString()
    },
  },
  {
    tool: regctl,
    type: 'file',
    push: async (address, folder) => {
      const running = { cwd: folder, env: { HOME: folder } }
      await writeFile(join(folder, 'note.txt'), 'A note.')
      await succeed(regctl.path, ['registry', 'set', '--tls=disabled', address], running)
      const reference = `${address}/acme/regctl:1.0.0`
      const args = ['artifact', 'put', '--artifact-type', 'application/vnd.acme.note', '--file', 'note.txt']
      await succeed(regctl.path, [...args, '--file-media-type', 'text/plain', reference], running)
      return 'A note.'
    },
  },
  {
    tool: oras,
    type: 'file',
    push: async (address, folder) => {
      await writeFile(join(folder, 'note.txt'), 'A note.')
      const args = ['push', '--plain-http', '--artifact-type', 'application/vnd.acme.note']
      const running = { cwd: folder, env: { HOME: folder } }
      await succeed(oras.path, [...args, `${address}/acme/oras:1.0.0`, 'note.txt:text/plain'], running)
      return 'A note.'
    },
  },
]

for (const { tool, type, push } of pushes) {
  test(`what ${tool.name} pushes is read through the library`, { skip: tool.skip }, async () => {
    await using data = await temporaryFolder()
    await using folder = await temporaryFolder()
    let pushed = ''
    {
      await using server = await startServer([], data.path)
      pushed = await push(server.address, folder.path)
    }
    const backend = new SQLiteBackend({ filename: data.path })
    unwrap(await backend.connect())
    try {
      const { items } = unwrap(await backend.find({ filter: { type } }))
      const [artifact] = items
      assert.deepEqual(
        [items.length, artifact?.metadata.slug, artifact?.metadata.version, artifact?.published],
        [1, tool.name, '1.0.0', true],
      )
      assert.equal(artifact?.source, pushed)
      const version = unwrap(await backend.getVersion(artifact?.id ?? '', '1.0.0'))
      assert.deepEqual([version.source, version.published], [pushed, true])
    } finally {
      unwrap(await backend.disconnect())
    }
  })
}
