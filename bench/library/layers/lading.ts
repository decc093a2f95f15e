import type { Backend, FindOptions } from '../../../server/src/library/index.ts'
import { MemoryBackend, SQLiteBackend, unwrap } from '../../../server/src/library/index.ts'
import type { Layer, Narrowed, Told } from './layer.ts'

export async function ladingOn(folder: string): Promise<Layer> {
  return await layerOf(new SQLiteBackend({ filename: folder }))
}

export async function ladingInMemory(): Promise<Layer> {
  return await layerOf(new MemoryBackend())
}

export async function layerOf(backend: Backend): Promise<Layer> {
  unwrap(await backend.connect())
  return {
    read: async (id) => tell(unwrap(await backend.read(id))),
    list: async ({ by, sort, after, limit }) => {
      const pagination = after === undefined ? { limit } : { after: after as string, limit }
      const found = unwrap(await backend.find({ filter: filterOf(by), sort: { field: sort }, pagination }))
      return { items: found.items.map(tell), next: found.next }
    },
    create: async ({ given }) => unwrap(await backend.create(given)).id,
    [Symbol.asyncDispose]: async () => void unwrap(await backend.disconnect()),
  }
}

function filterOf(by: Narrowed): NonNullable<FindOptions['filter']> {
  if ('topic' in by) return { tags: [by.topic] }
  const { kind: type, ...rest } = by
  return { type, ...rest } as NonNullable<FindOptions['filter']>
}

function tell({ id, metadata, source }: { id: string; metadata: { name: string }; source: string }): Told {
  return { id, name: metadata.name, source }
}
