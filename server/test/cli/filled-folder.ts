import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Content, type Image, makeImage } from '../../../conformance/kit/image.ts'
import type { Caller } from '../../src/core/ledger/caller.ts'
import { parseDigest } from '../../src/domain/digest.ts'
import { parseRepositoryName } from '../../src/domain/repository-name.ts'
import { parseTag } from '../../src/domain/tag.ts'
import { type OpenedFolder, openDataFolder } from '../kit/open-data-folder.ts'

const day = 86_400_000

export interface FilledFolder extends AsyncDisposable {
  /** Holds `data`, and is gone with the test. */
  readonly root: string
  /** acme/app:v1 is in it, and a blob that nothing names and nobody has touched for twenty days. */
  readonly data: string
  readonly image: Image
  readonly forgotten: Content
}

/** A data folder as a server left it twenty days ago. */
export async function filledFolder(): Promise<FilledFolder> {
  const root = await mkdtemp(join(tmpdir(), 'lading-operator-'))
  const data = join(root, 'data')
  const image = makeImage([200, 100_000])
  const forgotten = makeImage([90_000]).layers[0]
  if (forgotten === undefined) throw new Error('the image has no layer')
  {
    await using opened = await openDataFolder(data, () => Date.now() - 20 * day)
    for (const blob of [image.config, ...image.layers, forgotten]) await push(opened, blob)
    const { digest, bytes, mediaType } = image.manifest
    await opened.registry.manifests.put(caller, {
      repository,
      reference: parseDigest(digest),
      tags: [parseTag('v1')],
      contentType: mediaType,
      bytes,
      expect: {},
    })
  }
  return {
    root,
    data,
    image,
    forgotten,
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  }
}

const repository = parseRepositoryName('acme/app')
const caller: Caller = {
  principal: { kind: 'user', name: 'ada' },
  requestId: 'request-1',
  signal: new AbortController().signal,
}

async function push({ registry }: OpenedFolder, { digest, bytes }: Content): Promise<void> {
  const once = async function* (): AsyncGenerator<Uint8Array> {
    yield bytes
  }
  await registry.uploads.push(caller, repository, parseDigest(digest), {
    bytes: once(),
    length: bytes.length,
  })
}
