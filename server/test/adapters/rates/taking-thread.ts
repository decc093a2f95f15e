import { parentPort, workerData } from 'node:worker_threads'
import { MemoryRates } from '../../../src/adapters/rates/memory/memory-rates.ts'

const { shared, tokens, tries } = workerData
const rates = new MemoryRates({ now: () => 1_000_000, shared })
let allowed = 0
for (let at = 0; at < tries; at++) if (rates.take('all', { tokens, periodMs: 3_600_000 }).allowed) allowed++
parentPort?.postMessage(allowed)
