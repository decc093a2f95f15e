import type { Client } from './pushing.ts'
import { type Pushed, tags } from './world.ts'

type Read = (client: Client, repository: string, known: Pushed | undefined) => Promise<unknown>

const accept = { Accept: '*/*' }

/** By tag and by digest, whole and in part: what a client may have been told of may be gone by then. */
const reads: readonly Read[] = [
  getByTag,
  getByTag,
  ({ wire, world }, repository) =>
    wire.send(
      'head tag',
      { method: 'HEAD', path: `/v2/${repository}/manifests/${world.pick(tags)}` },
      [200, 404],
    ),
  async ({ wire, world }, repository, known) => {
    if (known === undefined) return
    const path = `/v2/${repository}/manifests/${known.digest}`
    const answer = await wire.send('get manifest', { path, headers: accept }, [200, 404])
    if (answer?.status === 404) world.forget(repository, known.digest)
  },
  ({ wire }, repository, known) => wire.send('get blob', blobOf(repository, known), [200, 404]),
  ({ wire, world }, repository, known) => {
    const from = world.random.int(known?.blob?.size ?? 1)
    const headers = { Range: `bytes=${from}-${from + 9_999}` }
    return wire.send('get range', { ...blobOf(repository, known), headers }, [206, 404])
  },
  ({ wire }, repository, known) =>
    wire.send('head blob', { method: 'HEAD', ...blobOf(repository, known) }, [200, 404]),
  ({ wire }, repository) => wire.send('list tags', { path: `/v2/${repository}/tags/list` }, [200, 404]),
  ({ wire }, repository) =>
    wire.send('list tags', { path: `/v2/${repository}/tags/list?n=5&last=rc-3` }, [200, 404]),
  ({ wire }) => wire.send('catalog', { path: '/v2/_catalog' }, [200]),
  ({ wire }, repository, known) =>
    wire.send('referrers', { path: `/v2/${repository}/referrers/${known?.digest ?? absent}` }, [200]),
  ({ wire, world }, repository) =>
    wire.send('history', { path: `/v2/${repository}/_lading/tags/${world.pick(tags)}/history` }, [200, 404]),
  ({ wire }) => wire.send('ping', { path: '/v2/' }, [200]),
]

const absent = `sha256:${'0'.repeat(64)}`

export async function read(client: Client): Promise<void> {
  const { world } = client
  const repository = world.repository()
  await world.pick(reads)?.(client, repository, world.pick(world.of(repository)))
}

async function getByTag({ wire, world }: Client, repository: string): Promise<void> {
  const path = `/v2/${repository}/manifests/${world.pick(tags)}`
  const answer = await wire.send('get tag', { path, headers: accept }, [200, 404])
  const etag = answer?.headers.etag
  if (etag === undefined || !world.chance(4)) return
  await wire.send('get tag again', { path, headers: { ...accept, 'If-None-Match': etag } }, [200, 304, 404])
}

export function blobOf(repository: string, known: Pushed | undefined): { readonly path: string } {
  return { path: `/v2/${repository}/blobs/${known?.blob?.digest ?? absent}` }
}
