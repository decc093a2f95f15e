import type { Wanted } from '../process/find-program.ts'

export interface HttpLoad {
  readonly url: string
  readonly connections: number
  readonly seconds: number
  readonly accept?: string
}

export const wrk: Wanted = {
  name: 'wrk',
  inPath: true,
  versionArgs: ['-v'],
  version: /wrk (\S+)/,
  howToGet: 'wrk is not in the path: apt-get install wrk',
}

const threads = 2

/** wrk takes whole seconds only, and hangs on HEAD: it waits for the body that Content-Length announces. */
export function wrkArgs({ url, connections, seconds, accept }: HttpLoad): string[] {
  const wholeSeconds = Math.max(1, Math.round(seconds))
  const headers = accept === undefined ? [] : ['-H', `Accept: ${accept}`]
  return [`-t${threads}`, `-c${connections}`, `-d${wholeSeconds}s`, ...headers, url]
}

/** Requests a second. Throws where some were not answered well. */
export function readWrk(printed: string): number {
  const bad = /^ *(Non-2xx or 3xx responses|Socket errors):.*$/m.exec(printed)?.[0]
  if (bad !== undefined) throw new Error(`wrk: ${bad.trim()}`)
  const rate = Number(/^Requests\/sec: +([\d.]+)$/m.exec(printed)?.[1])
  if (!(rate > 0)) throw new Error(`wrk counted nothing: ${printed.trim().slice(-300)}`)
  return rate
}
