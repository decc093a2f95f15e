import { parseArgs } from 'node:util'
import { startTopology, topologySkip } from '../server/test/kit/servers/topology.ts'

const usage = 'npm run cluster -- [--processes <n>] [--json]'

const { values } = parseArgs({
  options: {
    processes: { type: 'string', default: '2' },
    json: { type: 'boolean', default: false },
  },
})
const processes = Number(values.processes)
if (!Number.isSafeInteger(processes) || processes < 1) {
  console.error(usage)
  process.exit(2)
}
if (topologySkip !== false) {
  console.error(topologySkip)
  process.exit(1)
}
const { promise: asked, resolve: end } = Promise.withResolvers<void>()
// Ctrl-C comes from the terminal and from whoever started this; what is begun is ended once.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => end())
await using topology = await startTopology({ processes })
const { url, ladings, databaseUrl, s3, bucket, redis } = topology
const told = {
  proxy: url,
  ladings: ladings.map((each) => each.url),
  database: databaseUrl,
  s3: s3.endpoint,
  bucket,
  redis: redis.url,
}
if (values.json) console.log(JSON.stringify(told))
else {
  console.log(`Requests go round at ${told.proxy}`)
  for (const each of told.ladings) console.log(`Lading: ${each}`)
  console.log(`PostgreSQL: ${told.database}\nS3: ${told.s3}, bucket ${told.bucket}\nRedis: ${told.redis}`)
  console.log('Ctrl-C ends all of it, and nothing stays.')
}
await asked
for (const each of ladings) if (each.isRunning) await each.end('SIGTERM')
