import { placeOfBlobs, placeOfRecords } from '../boot/admin/places-of.ts'
import { placesOfCache, placesOfReplicas, type Way, wayOfRecords, wayWords } from '../boot/admin/ways-of.ts'
import type { RunningServer } from '../boot/running-server.ts'
import type { Config } from '../config/config.ts'
import type { Sources } from '../config/source.ts'
import { isOpenAtFirst, waitsForAccount } from '../config/writers-of.ts'
import { checkedConfig } from './checked-config.ts'
import { type Command, exitCodes, type Invocation, jsonFlag } from './command.ts'
import { settingFlags } from './setting-flags.ts'
import { startFailure } from './start-failure.ts'
import { untilStopped } from './until-stopped.ts'

export type StartServer = (config: Config, sources: Sources) => Promise<RunningServer>

export const serve: Command = serveWith(async (config, sources) => {
  const { startServer } = await import('../boot/server.ts')
  return await startServer(config, sources)
})

export function serveWith(startServer: StartServer): Command {
  return {
    name: 'serve',
    summary: 'Runs the registry',
    takes: [],
    about: [
      'Prints where it listens as soon as it does. SIGINT, SIGTERM and SIGHUP stop it once the running requests have ended; a second one stops it at once.',
      'As long as nobody has an account each start prints a link by which the first one is made, once and within 24 hours; whoever has the link may do everything then. `lading setup-link` makes another. With access.administrator the first start makes the account by itself.',
      'Every setting can be given as a flag, in the environment (LADING_LIMITS_GRACE_TIME for --limits-grace-time) or in the file; flags come first, then the environment, then the file.',
    ],
    flags: { ...settingFlags, ...jsonFlag },
    examples: [
      'lading serve',
      'lading serve --listen 127.0.0.1:0 --data /var/lib/lading',
      'lading serve --config /etc/lading/lading.yaml --json',
    ],
    async run(invocation) {
      const { config, sources } = checkedConfig(invocation)
      let server: RunningServer
      try {
        server = await startServer(config, sources)
      } catch (error) {
        throw startFailure(error, config)
      }
      // Who reads the greeting may ask to stop in the same moment, and must be heard.
      const stopped = untilStopped(server, invocation.world)
      greet(server, config, invocation)
      await stopped
      return exitCodes.done
    },
  }
}

function greet(server: RunningServer, config: Config, { switches, world }: Invocation): void {
  const { address, url, setUp } = server
  const push = pushCommand(server, config)
  const recordsWay = wayOfRecords(config)
  const [replicas, cache] = [placesOfReplicas(config), placesOfCache(config)]
  if (switches.has('json')) {
    const elsewhere = {
      ...(recordsWay !== undefined && { records: placeOfRecords(config), recordsWay }),
      ...(replicas.length > 0 && { replicas }),
      ...(config.blobs.bucket !== undefined && { content: placeOfBlobs(config) }),
      ...(cache.length > 0 && { cache }),
    }
    world.out(JSON.stringify({ address, url, data: config.data, ...elsewhere, push, setUp }))
    return
  }
  world.out(`Lading listens on ${url}`)
  world.out(`Data folder: ${config.data}`)
  if (recordsWay !== undefined)
    world.out(`Records: ${inWords({ place: placeOfRecords(config), way: recordsWay })}`)
  if (replicas.length > 0) world.out(`Replicas: ${replicas.map(inWords).join('; ')}`)
  if (config.blobs.bucket !== undefined) world.out(`Content: ${placeOfBlobs(config)}`)
  if (cache.length > 0) world.out(`Cache: ${cache.map(inWords).join('; ')}`)
  world.out(`To push a first image: ${push}`)
  if (setUp === undefined) return
  world.out(`To make the first account: ${setUp}`)
  const until = untilThen(config)
  if (until !== undefined) world.out(until)
}

function untilThen(config: Config): string | undefined {
  if (waitsForAccount(config)) return 'Nobody may write until then.'
  return isOpenAtFirst(config)
    ? 'Anyone who reaches it may write until then; from then on it takes an account.'
    : undefined
}

function inWords({ place, way }: { readonly place: string; readonly way?: Way }): string {
  return way === undefined ? place : `${place} (${wayWords[way]})`
}

/** Works as it stands on a machine with docker, which takes plain HTTP from its own machine only. */
function pushCommand({ address }: RunningServer, { listen, publicUrl }: Config): string {
  const port = address.slice(address.lastIndexOf(':') + 1)
  const everywhere = listen.host === '0.0.0.0' || listen.host === '::'
  const here = everywhere ? `localhost:${port}` : address
  const image = `${publicUrl === undefined ? here : new URL(publicUrl).host}/demo/hello-world`
  return `docker pull hello-world && docker tag hello-world ${image} && docker push ${image}`
}
