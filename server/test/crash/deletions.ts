import type { Client } from './blobs.ts'
import type { Asked } from './registers.ts'
import { type Manifest, manifestKey, tagKey, tags, type World } from './world.ts'

export async function deleteTag({ world, wire }: Client, repository: string, tag: string): Promise<void> {
  const asked = world.registers.ask(tagKey(repository, tag), '')
  const reply = await wire.send({ method: 'DELETE', path: `/v2/${repository}/manifests/${tag}` })
  world.settle([asked], reply, { what: 'delete tag', done: 202, refusals: [404] })
}

/** Its tags go with it, and in time what speaks of it. */
export async function deleteManifest({ world, wire }: Client, manifest: Manifest): Promise<void> {
  const { registers } = world
  const { repository, digest } = manifest
  const asked: Asked[] = [registers.ask(manifestKey(repository, digest), '')]
  for (const tag of tags.map((each) => tagKey(repository, each))) {
    if (registers.possible(tag).has(digest)) asked.push(registers.ask(tag, '', { instead: digest }))
  }
  for (const [key, each] of world.manifests) {
    if (each.repository === repository && each.subject === digest) {
      asked.push(registers.ask(key, '', { lingers: true }))
    }
  }
  const deletion = { key: manifestKey(repository, digest), asked }
  world.deletions.add(deletion)
  const reply = await wire.send({ method: 'DELETE', path: `/v2/${repository}/manifests/${digest}` })
  world.deletions.delete(deletion)
  world.settle(asked, reply, { what: 'delete manifest', done: 202, refusals: [404, 409] })
}

/** A deletion that is on its way may come after this push, and take what it brings. */
export function meetDeletions(world: World, manifest: Manifest, moved: readonly string[]): void {
  const { repository, digest, subject } = manifest
  const { registers } = world
  for (const { key, asked } of world.deletions) {
    if (key === manifestKey(repository, digest)) {
      asked.push(...moved.map((tag) => registers.ask(tagKey(repository, tag), '', { instead: digest })))
    }
    if (subject !== undefined && key === manifestKey(repository, subject)) {
      asked.push(registers.ask(manifestKey(repository, digest), '', { lingers: true }))
    }
  }
}
