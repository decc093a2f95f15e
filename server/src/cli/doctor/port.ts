import { createServer } from 'node:net'
import { listenAddress } from '../../config/place-types.ts'
import { askReady } from '../ask-ready.ts'
import { type Check, type Finding, ok, type Patient, problem, warning } from './check.ts'

/** Whether Lading can listen where it should, or who is in its place. */
export const portCheck: Check = {
  name: 'port',
  async run(patient) {
    const { listen } = patient.config
    const shown = String(listenAddress.write(listen))
    if (listen.port === 0) return [ok('any free one')]
    const code = await tryListen(listen)
    if (code === undefined) {
      return [
        ok(
          `${shown} is free${patient.server === undefined ? '' : '; the server that runs listens elsewhere'}`,
        ),
      ]
    }
    if (code === 'EADDRINUSE') return await whoIsThere(patient, shown)
    return [
      problem(
        `Lading cannot listen on ${shown}: ${code}`,
        'name another address with --listen, such as 127.0.0.1:7070',
      ),
    ]
  },
}

/** The code of the error; undefined where it went well. */
function tryListen({
  host,
  port,
}: {
  readonly host: string
  readonly port: number
}): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)))
  })
}

async function whoIsThere({ config, server, runs }: Patient, shown: string): Promise<Finding[]> {
  const answer = await askReady(config)
  const find = `find out who it is: lsof -nP -iTCP:${config.listen.port} -sTCP:LISTEN; or listen elsewhere with --listen`
  const isHere = server !== undefined || runs === true
  if (answer === undefined) {
    return !isHere
      ? [problem(`${shown} is taken by a program that is no Lading`, find)]
      : [warning(`${shown} is taken, and what is there does not answer as a Lading`, find)]
  }
  if (!isHere) return [problem(`${shown} is taken by a Lading with another data folder`, find)]
  const wrong = Object.entries(answer.parts).filter(([, said]) => said !== 'ok')
  if (wrong.length === 0) return [ok(`the Lading that listens on ${shown} is ready`)]
  const told = wrong.map(([part, said]) => `${part}: ${said}`).join('; ')
  return [problem(`the Lading that listens on ${shown} is not ready: ${told}`, 'see what its log says')]
}
