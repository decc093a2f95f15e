import type { Driver } from './driver.ts'
import { openInProcess } from './in-process.ts'
import { openSpawned } from './spawned.ts'

export const drivers: {
  readonly 'in-process': () => Promise<Driver>
  readonly spawned: () => Promise<Driver>
} = {
  'in-process': () => openInProcess(),
  spawned: openSpawned,
}

export type DriverName = keyof typeof drivers

export function isDriverName(name: string): name is DriverName {
  return Object.hasOwn(drivers, name)
}
