import { PostgreSQLBackend } from '../../../server/src/library/postgresql-backend.ts'
import { layerOf } from '../../library/layers/lading.ts'
import type { Layer } from '../../library/layers/layer.ts'

export async function ladingOn(url: string): Promise<Layer> {
  return await layerOf(new PostgreSQLBackend({ url }))
}
