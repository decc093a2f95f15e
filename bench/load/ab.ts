import type { Wanted } from '../process/find-program.ts'
import type { HttpLoad } from './wrk.ts'

export const ab: Wanted = {
  name: 'ab',
  inPath: true,
  versionArgs: ['-V'],
  version: /Version (\S+)/,
  howToGet: 'ab is not in the path: apt-get install apache2-utils',
}

/** More than any server answers in the time: without it ab stops at 50,000. It comes after -t, which sets it too. */
const mostRequests = 5_000_000
/** Of the requests; the first of a connection, and those that the end cuts, may not count as kept. */
const keptShare = 0.95

/** HEAD, over connections that are kept. */
export function abArgs({ url, connections, seconds, accept }: HttpLoad): string[] {
  const wholeSeconds = Math.max(1, Math.round(seconds))
  const headers = accept === undefined ? [] : ['-H', `Accept: ${accept}`]
  return [
    '-q',
    '-k',
    '-i',
    '-t',
    `${wholeSeconds}`,
    '-n',
    `${mostRequests}`,
    '-c',
    `${connections}`,
    ...headers,
    url,
  ]
}

/** Requests a second. Throws where some were not answered well, or connections were not kept. */
export function readAb(printed: string): number {
  const field = (name: string): number => {
    return Number(new RegExp(`^${name}: +([\\d.]+)`, 'm').exec(printed)?.[1] ?? 0)
  }
  for (const bad of ['Failed requests', 'Non-2xx responses']) {
    if (field(bad) > 0) throw new Error(`ab: ${bad}: ${field(bad)}`)
  }
  const [complete, kept] = [field('Complete requests'), field('Keep-Alive requests')]
  if (kept < complete * keptShare) throw new Error(`ab: ${kept} of ${complete} requests on kept connections`)
  const rate = field('Requests per second')
  if (!(rate > 0)) throw new Error(`ab counted nothing: ${printed.trim().slice(-300)}`)
  return rate
}
