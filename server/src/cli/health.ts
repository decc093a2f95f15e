import { listenAddress } from '../config/place-types.ts'
import { askReady } from './ask-ready.ts'
import { checkedConfig } from './checked-config.ts'
import { type Command, exitCodes } from './command.ts'
import { Failure } from './failure.ts'
import { settingFlags } from './setting-flags.ts'

export const health: Command = {
  name: 'health',
  summary: 'Says whether the server of this machine is ready',
  takes: [],
  about: [
    'Asks /readyz where the same configuration lets `lading serve` listen, and ends with 0 where all parts are well, else with 1: what a container engine wants of a health check.',
  ],
  flags: settingFlags,
  examples: ['lading health', 'lading health --listen 127.0.0.1:7071'],
  async run(invocation) {
    const { config } = checkedConfig(invocation)
    const shown = listenAddress.write(config.listen)
    if (config.listen.port === 0) throw new Failure(`no port to ask is known: listen is ${shown}`)
    const answer = await askReady(config)
    if (answer === undefined) throw new Failure(`no Lading answers on ${shown}`)
    const wrong = Object.entries(answer.parts).filter(([, said]) => said !== 'ok')
    for (const [part, said] of wrong) invocation.world.err(`${part}: ${said}`)
    if (wrong.length > 0) return exitCodes.failed
    invocation.world.out('ready')
    return exitCodes.done
  },
}
