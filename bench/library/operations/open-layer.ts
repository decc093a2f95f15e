import { bareGetOn, byHandOn } from '../layers/by-hand.ts'
import { drizzleOn } from '../layers/drizzle.ts'
import { ladingInMemory, ladingOn } from '../layers/lading.ts'
import type { Layer } from '../layers/layer.ts'
import { mapLayer } from '../layers/map.ts'
import type { LayerName } from '../task.ts'

export async function openLayer(name: LayerName, folder: string): Promise<Layer> {
  switch (name) {
    case 'lading':
      return await ladingOn(folder)
    case 'lading in memory':
      return await ladingInMemory()
    case 'by hand':
      return byHandOn(folder)
    case 'bare get':
      return bareGetOn(folder)
    case 'drizzle':
      return drizzleOn(folder)
    case 'map':
      return mapLayer()
  }
}
