import type { Body } from '../../core/content/body.ts'
import type { DiskSpace } from '../../core/content/disk-space.ts'
import type { Registry } from '../registry.ts'

/**
 * The same registry, which takes nothing more in while too little space is left: pulls and deletions go on. What was
 * uploaded before may still be finished, by a request that brings no more bytes.
 */
export function withinSpace(registry: Registry, space: DiskSpace): Registry {
  const { uploads, manifests, artifacts } = registry
  const bounded = async (body: Body): Promise<Body> => {
    if (body.length === 0) return body
    await space.require(body.length ?? 0)
    return { ...body, bytes: space.whileThereIsSome(body.bytes) }
  }
  return {
    ...registry,
    uploads: {
      ...uploads,
      begin: async (caller, repository) => {
        await space.require(0)
        return await uploads.begin(caller, repository)
      },
      append: async (caller, repository, upload, body) =>
        await uploads.append(caller, repository, upload, await bounded(body)),
      finish: async (caller, repository, upload, digest, body) =>
        await uploads.finish(caller, repository, upload, digest, await bounded(body)),
      push: async (caller, repository, digest, body) =>
        await uploads.push(caller, repository, digest, await bounded(body)),
      mount: async (caller, repository, digest, from) => {
        await space.require(0)
        return await uploads.mount(caller, repository, digest, from)
      },
    },
    manifests: {
      ...manifests,
      put: async (caller, request) => {
        await space.require(request.bytes.length)
        return await manifests.put(caller, request)
      },
    },
    artifacts: {
      ...artifacts,
      create: async (caller, request) => {
        await space.require(0)
        return await artifacts.create(caller, request)
      },
      update: async (caller, request) => {
        await space.require(0)
        return await artifacts.update(caller, request)
      },
    },
  }
}
