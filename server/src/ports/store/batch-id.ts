import type { BatchId } from './store.ts'

/** Beyond this age an engine that remembers ids refuses a repeat: it can no longer tell it from a first try. */
export const batchIdLifetimeMs: number = 12 * 3_600_000

/** 12 hex digits of the time in ms, then 20 of chance: ids of one process sort by time, and none repeats. */
export function newBatchId(nowMs: number, random: (bytes: number) => Uint8Array): BatchId {
  return `${Math.floor(nowMs).toString(16).padStart(12, '0')}${Buffer.from(random(10)).toString('hex')}` as BatchId
}

export function batchIdTime(id: BatchId): number {
  return Number.parseInt(id.slice(0, 12), 16)
}
