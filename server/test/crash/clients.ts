import { abandon, type Client, deleteBlob, pushBlob, resume } from './blobs.ts'
import { deleteManifest, deleteTag } from './deletions.ts'
import { isImage, pushImage, pushIndex, putManifest } from './manifests.ts'
import { type Manifest, repositories, tags, type World } from './world.ts'

/** With more manifests than that, deleting them is what clients mostly do. */
const enough = 40

/** One client works until it is told to stop, and ends with the answer, or the silence, to what it last asked. */
export async function work(client: Client, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) await act(client)
}

async function act(client: Client): Promise<void> {
  const { world } = client
  const repository = world.pick(repositories) ?? 'solo'
  const known = [...world.manifests.values()].filter((each) => each.repository === repository)
  const any = world.pick(known)
  const choice = world.random.int(100)
  if (any !== undefined && world.manifests.size > enough && choice < 50)
    return await deleteManifest(client, any)
  if (choice < 38) await pushImage(client, repository)
  else if (choice < 45) await pushIndex(client, repository)
  else if (choice < 55) await pushImage(client, repository, subject(world, known))
  else if (choice < 65 && any !== undefined) await putManifest(client, any)
  else if (choice < 70) await deleteTag(client, repository, world.pick(tags) ?? 'v1')
  else if (choice < 78 && any !== undefined) await deleteManifest(client, any)
  else if (choice < 84) await deleteSomeBlob(client, repository)
  else if (choice < 90) await abandon(client, repository)
  else if (choice < 95) await resume(client)
  else await pushBlob(client, repository, world.newBlob(1 + world.random.int(400_000)))
}

/** What speaks of something is itself not spoken of: jobs that follow jobs would blur what must be there. */
function subject(world: World, known: readonly Manifest[]): Manifest | undefined {
  return world.pick(known.filter(isImage))
}

async function deleteSomeBlob(client: Client, repository: string): Promise<void> {
  const blob = client.world.pick([...client.world.blobs.values()])
  if (blob !== undefined) await deleteBlob(client, repository, blob.digest)
}
