import { parseArgs } from 'node:util'
import { startTopology, topologySkip } from '../server/test/kit/servers/topology.ts'

const usage = `npm run cluster -- [--processes <n>] [--json]

Starts several Ladings on one PostgreSQL, one S3 server and one Redis, behind a proxy, on free ports of this machine, says
where they are, and ends all of it with Ctrl-C. Nothing stays. The servers are those that conformance/install installs.

  --processes <n>  how many Ladings, 2 where nothing is said
  --json           where they are, as one line of JSON
  --help           this`

const options = {
  processes: { type: 'string', default: '2' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false, short: 'h' },
} as const
const values = readOptions()
if (values.help) {
  console.log(usage)
  process.exit(0)
}
const processes = Number(values.processes)
if (!Number.isSafeInteger(processes) || processes < 1) {
  console.error(usage)
  process.exit(2)
}
if (topologySkip !== false) {
  console.error(
    `${topologySkip}: the servers that this wants are installed by conformance/install and npm ci`,
  )
  process.exit(1)
}
const { promise: asked, resolve: end } = Promise.withResolvers<void>()
// Ctrl-C comes from the terminal and from whoever started this; what is begun is ended once.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => end())
await using topology = await startTopology({ processes }).catch(giveUp)
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

function readOptions() {
  try {
    return parseArgs({ options }).values
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`)
    process.exit(2)
  }
}

function giveUp(error: unknown): never {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
}
