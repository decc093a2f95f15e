import { type Client, pushBlob } from './pushing.ts'
import { tags } from './world.ts'

/** The oldest mostly; often an index, since what it names stays while it does. */
export async function deleteManifest({ world, wire }: Client, repository: string): Promise<void> {
  const known = world.of(repository)
  const index = world.chance(2) ? known.find(({ blob }) => blob === undefined) : undefined
  const chosen = index ?? world.pick(known.slice(0, 5))
  if (chosen === undefined) return
  const path = `/v2/${repository}/manifests/${chosen.digest}`
  const answer = await wire.send('delete manifest', { method: 'DELETE', path }, [202, 404, 409])
  if (answer?.status === 202 || answer?.status === 404) world.forget(repository, chosen.digest)
}

export async function deleteTag({ world, wire }: Client, repository: string): Promise<void> {
  const path = `/v2/${repository}/manifests/${world.pick(tags)}`
  await wire.send('delete tag', { method: 'DELETE', path }, [202, 404])
}

export async function deleteBlob(client: Client, repository: string): Promise<void> {
  const { world, wire } = client
  const blob = world.fresh(world.chance(2) ? 2_000 : 100_000)
  if (!(await pushBlob(client, repository, blob))) return
  await wire.send('delete blob', { method: 'DELETE', path: `/v2/${repository}/blobs/${blob.digest}` }, [202])
}
