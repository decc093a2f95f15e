import { rate } from '../../engines/rows/figures.ts'
import { type Lease, Shared } from '../../engines/servers/shared.ts'
import type { Expected } from '../../load/plan.ts'
import { runGenerator } from '../../load/run-generator.ts'
import { manifestType } from '../../oci/content.ts'
import { expectAnswer } from '../../oci/expect-answer.ts'
import { type Figure, type Measured, type Row, type Values, WrongAnswer } from '../../session/row.ts'
import {
  type AccountedServer,
  accountedServer,
  askOnce,
  manifestPath,
  newToken,
  processorSeconds,
  scope,
  tokenPath,
} from '../accounted-server.ts'
import { anonymousName, servedName } from '../targets.ts'
import type { Sizes } from './sizes.ts'

const clients = 64
/** Seconds, roughly: an account is made, and a server is started. */
const serverTakes = 5
const generatorTakes = 0.3
const microsPerSecond = 1e6

const spent: Figure = {
  id: 'spent',
  name: 'processor time of the server',
  unit: 'µs/request',
  better: 'less',
}

export function tokenRows({ warmSeconds }: Pick<Sizes, 'warmSeconds'>): readonly Row[] {
  return [readRow(warmSeconds), issueRow(warmSeconds)]
}

function readRow(warmSeconds: number): Row {
  // Both targets ask the same one.
  const shared = new Shared(accountedServer)
  const serverOf = serverBy(() => shared.lease())
  const loadOf = async ({ name }: Measured, server: AccountedServer): Promise<Load> => {
    const token = name === anonymousName ? {} : { Authorization: `Bearer ${await newToken(server)}` }
    const expect = { digest: server.manifest.digest }
    return { path: manifestPath, headers: { Accept: manifestType, ...token }, expect }
  }
  return {
    name: `manifest GET with a token, ${clients} connections`,
    targets: [servedName, anonymousName],
    about:
      'One server, which answers the same manifest by its tag to everybody: to one who has a token for it, made for a key, and to nobody in particular. Every answer is compared with what was pushed. The client takes its part of the processors, the same for both; what the server alone spends is told beside the rate.',
    figures: [rate('requests/s', { times: 0.85, against: [anonymousName] }), spent],
    checkTakes: serverTakes + warmSeconds,
    takes: (seconds) => generatorTakes + seconds,
    async check(target) {
      const server = await serverOf(target)
      const load = await loadOf(target, server)
      await expectManifest(server, load.headers)
      await measured(server, load, warmSeconds)
    },
    async measure(target, seconds) {
      const server = await serverOf(target)
      return await measured(server, await loadOf(target, server), seconds)
    },
  }
}

function issueRow(warmSeconds: number): Row {
  const shared = new Shared(accountedServer)
  const serverOf = serverBy(() => shared.lease())
  const loadOf = ({ basic }: AccountedServer): Load => ({
    path: tokenPath,
    headers: { Authorization: basic },
    expect: { begins: '{"token":"' },
  })
  return {
    name: `/token with an API key, ${clients} clients`,
    targets: [servedName],
    about: `Each client shows the key by Basic authentication and asks for a token for \`${scope}\`: the key is looked up, what it may is decided, and a token is signed. Before that a token has to open what it is for, and nothing else.`,
    figures: [rate('tokens/s', { atLeast: 5_000, unit: 'tokens/s' }), spent],
    checkTakes: serverTakes + warmSeconds,
    takes: (seconds) => generatorTakes + seconds,
    async check(target) {
      const server = await serverOf(target)
      const authorization = `Bearer ${await newToken(server)}`
      await expectManifest(server, { accept: manifestType, authorization })
      const url = new URL('/v2/shared/other/blobs/uploads/', server.origin)
      const { status } = await askOnce({ method: 'POST', url, headers: { authorization } })
      if (status !== 401)
        throw new WrongAnswer(`with a token to pull, a push was answered ${status}, not 401`)
      await measured(server, loadOf(server), warmSeconds)
    },
    async measure(target, seconds) {
      const server = await serverOf(target)
      return await measured(server, loadOf(server), seconds)
    },
  }
}

function serverBy(
  lease: () => Promise<Lease<AccountedServer>>,
): (target: Measured) => Promise<AccountedServer> {
  return async ({ once }) => (await once(lease)).value
}

async function expectManifest(
  { origin, manifest: { digest, bytes } }: AccountedServer,
  headers: Readonly<Record<string, string>>,
): Promise<void> {
  const url = new URL(manifestPath, origin)
  await expectAnswer({ method: 'GET', url, headers }, { digest, length: bytes.length })
}

interface Load {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly expect: Expected
}

async function measured(server: AccountedServer, load: Load, seconds: number): Promise<Values> {
  const before = await processorSeconds(server)
  const { origin } = server
  const done = await runGenerator({ kind: 'ask', origin, clients, warmSeconds: 0, seconds, ...load })
  const after = await processorSeconds(server)
  // Each client has asked once before it was counted.
  const asked = done.times + clients
  return { rate: done.times / done.seconds, spent: ((after - before) * microsPerSecond) / asked }
}
