import type { Config } from '../config/config.ts'
import { exchange } from './http-exchange.ts'

/** What a server says of itself at `/readyz`. */
export interface Readiness {
  /** Each is `ok`, or says what is wrong. */
  readonly parts: Readonly<Record<string, string>>
}

/** Beyond what the server itself takes before it calls a part slow. */
const spareMs = 3000

/** Asks who listens where the configuration says. undefined: nobody, or somebody who is no Lading. */
export async function askReady({
  listen,
  tls,
  limits,
}: Pick<Config, 'listen' | 'tls' | 'limits'>): Promise<Readiness | undefined> {
  const { host, port } = listen
  const here =
    host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '[::1]' : host.includes(':') ? `[${host}]` : host
  const url = new URL(`${tls.cert === undefined ? 'http' : 'https'}://${here}:${port}/readyz`)
  try {
    const { bytes } = await exchange(url, {
      method: 'GET',
      headers: {},
      authorities: [],
      timeoutMs: limits.probeTime + spareMs,
      // On the own machine, with nothing secret said; `lading doctor` looks at the certificate.
      anyCertificate: true,
    })
    const value = JSON.parse(Buffer.from(bytes).toString()) as Partial<Readiness>
    return typeof value.parts === 'object' ? { parts: value.parts } : undefined
  } catch {
    return undefined
  }
}
