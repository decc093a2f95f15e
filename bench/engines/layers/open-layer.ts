import type { Layer, Piece } from '../../library/layers/layer.ts'
import type { PostgresqlLayerName } from '../task.ts'
import { byHandOn } from './by-hand.ts'
import { ladingOn } from './lading.ts'
import { storeOn } from './store.ts'

/** `pieces`: what will be made, for those that want some of it to be there. */
export async function openLayer(
  name: PostgresqlLayerName,
  url: string,
  pieces: readonly Piece[] = [],
): Promise<Layer> {
  switch (name) {
    case 'lading':
      return await ladingOn(url)
    case 'store':
      return await storeOn(url, pieces)
    case 'by hand':
      return byHandOn(url)
  }
}
