import { checkReferrers, checkSession, checkTags } from './check-lists.ts'
import { type Check, hasContent, observe, read } from './reading.ts'
import type { Wire } from './wire.ts'
import { holdingKey, type Manifest, repositories, type World } from './world.ts'

const readers = 6

/** Holds all that the server shows against what it has acknowledged, while nobody else asks it for anything. */
export async function checkPromises(world: World, wire: Wire): Promise<void> {
  const check = { world, wire, there: new Set<string>() }
  const { registers } = world
  // Resolved first: whether a blob is there tells whether its upload was over.
  await each(registers.keys('blob '), (key) => checkBlob(check, key))
  await each([...world.manifests], ([key, manifest]) => checkManifest(check, key, manifest))
  await each([...repositories], (repository) => checkTags(check, repository))
  await each([...repositories], (repository) => checkReferrers(check, repository))
  await each([...world.sessions], (session) => checkSession(check, session))
  // A deletion that a restarted server shows is on the disk.
  for (const key of [...registers.keys('blob '), ...registers.keys('manifest ')]) {
    if (registers.certain(key) !== '') continue
    registers.forget(key)
    world.manifests.delete(key)
  }
}

async function each<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = items.values()
  await Promise.all(
    Array.from({ length: readers }, async () => {
      for (const item of left) await work(item)
    }),
  )
}

async function checkBlob(check: Check, key: string): Promise<void> {
  const [, repository = '', digest = ''] = key.split(' ')
  const isThere = await hasContent(check, `/v2/${repository}/blobs/${digest}`, digest)
  if (isThere) check.there.add(key)
  observe(check, key, isThere ? 'held' : '')
}

/** What is shown is whole: all that a manifest names can be had. */
async function checkManifest(check: Check, key: string, manifest: Manifest): Promise<void> {
  const { repository, digest, blobs, manifests } = manifest
  const path = `/v2/${repository}/manifests/${digest}`
  const isThere = await hasContent(check, path, digest)
  if (isThere) check.there.add(key)
  observe(check, key, isThere ? 'there' : '')
  if (!isThere) return
  const missing: string[] = []
  for (const named of blobs) {
    if (check.there.has(holdingKey(repository, named))) continue
    if (!(await hasContent(check, `/v2/${repository}/blobs/${named}`, named))) missing.push(named)
  }
  for (const named of manifests) {
    const { status } = await read(check, `/v2/${repository}/manifests/${named}`, [200, 404])
    if (status !== 200) missing.push(named)
  }
  // A job may have taken it meanwhile, with all that only it names.
  if (missing.length > 0 && (await read(check, path, [200, 404])).status === 200) {
    check.world.say(`${key} is shown without ${missing.join(', ')}`)
  }
}
