import { parentPort, workerData } from 'node:worker_threads'
import type { Search } from '../search.ts'
import { explore } from './explore.ts'

const { runs, seed } = workerData as Search

parentPort?.postMessage(await explore({ runs, seed, driver: 'in-process' }))
