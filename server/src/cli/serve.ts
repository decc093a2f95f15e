import { placeOfBlobs, placeOfRecords } from '../boot/admin/places-of.ts'
import { placesOfCache, placesOfReplicas, type Way, wayOfRecords, wayWords } from '../boot/admin/ways-of.ts'
import type { NewUser, TellPassword } from '../boot/first-user.ts'
import type { RunningServer } from '../boot/running-server.ts'
import type { Config } from '../config/config.ts'
import { firstUserOf } from '../config/first-user.ts'
import type { Sources } from '../config/source.ts'
import { checkedConfig } from './checked-config.ts'
import { type Command, exitCodes, type Invocation, jsonFlag } from './command.ts'
import { settingFlags } from './setting-flags.ts'
import { startFailure } from './start-failure.ts'
import { untilStopped } from './until-stopped.ts'

export type StartServer = (config: Config, sources: Sources, tell: TellPassword) => Promise<RunningServer>

export const serve: Command = serveWith(async (config, sources, tell) => {
  const { startServer } = await import('../boot/server.ts')
  return await startServer(config, sources, tell)
})

export function serveWith(startServer: StartServer): Command {
  return {
    name: 'serve',
    summary: 'Runs the registry',
    takes: [],
    about: [
      'Prints where it listens as soon as it does. SIGINT, SIGTERM and SIGHUP stop it once the running requests have ended; a second one stops it at once.',
      'With access.firstUser, and where no users are set, the first start makes that user and prints the password, this once. `lading passwd --first-user` makes another.',
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
        server = await startServer(config, sources, (user) => tellPassword(user, invocation))
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

function tellPassword({ name, password }: NewUser, { switches, world }: Invocation): void {
  if (switches.has('json')) {
    world.out(JSON.stringify({ firstUser: name, password }))
    return
  }
  world.out(`Made the user ${name} with the password ${password}`)
  world.out('It is not shown again; `lading passwd --first-user` makes another.')
}

function greet(server: RunningServer, config: Config, { switches, world }: Invocation): void {
  const { address, url } = server
  const push = pushCommand(server, config)
  const firstUser = firstUserOf(config)
  const recordsWay = wayOfRecords(config)
  const [replicas, cache] = [placesOfReplicas(config), placesOfCache(config)]
  if (switches.has('json')) {
    const elsewhere = {
      ...(recordsWay !== undefined && { records: placeOfRecords(config), recordsWay }),
      ...(replicas.length > 0 && { replicas }),
      ...(config.blobs.bucket !== undefined && { content: placeOfBlobs(config) }),
      ...(cache.length > 0 && { cache }),
    }
    world.out(JSON.stringify({ address, url, data: config.data, ...elsewhere, push, firstUser }))
    return
  }
  world.out(`Lading listens on ${url}`)
  world.out(`Data folder: ${config.data}`)
  if (recordsWay !== undefined)
    world.out(`Records: ${inWords({ place: placeOfRecords(config), way: recordsWay })}`)
  if (replicas.length > 0) world.out(`Replicas: ${replicas.map(inWords).join('; ')}`)
  if (config.blobs.bucket !== undefined) world.out(`Content: ${placeOfBlobs(config)}`)
  if (cache.length > 0) world.out(`Cache: ${cache.map(inWords).join('; ')}`)
  if (firstUser !== undefined) {
    world.out(`The first user is ${firstUser}; \`lading passwd --first-user\` makes a new password.`)
  }
  world.out(`To push a first image: ${push}`)
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
