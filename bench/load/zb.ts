import type { Wanted } from '../process/find-program.ts'

/** The benchmark program of the zot project. */
export const zb: Wanted = {
  name: 'zb',
  variable: 'LADING_PEER_ZB',
  inPath: true,
  versionArgs: ['--version'],
  version: /"commit":"([^"]+)"/,
  howToGet:
    'LADING_PEER_ZB names no program, and no zb is in the path: build cmd/zb of github.com/project-zot/zot',
}

export interface ZbLoad {
  readonly url: string
  /** The full name of one of its tests. */
  readonly test: string
  readonly clients: number
  /** Of all clients together: a multiple of their number, or zb waits for ever. */
  readonly requests: number
  /** Made by zb, and removed. */
  readonly workFolder: string
}

export interface ZbDone {
  /** Requests a second over the whole of the test, with what it prepares and tidies up. */
  readonly rate: number
  readonly p99Ms: number
}

export function zbArgs({ url, test, clients, requests, workFolder }: ZbLoad): string[] {
  // zb's names have nothing in them that means something in an expression.
  const exactly = `^${test}$`
  return ['-c', `${clients}`, '-n', `${requests}`, '-d', workFolder, '-t', exactly, url]
}

/** From what it prints: its files for machines leave the latencies out. Throws where requests failed, or none was made. */
export function readZb(printed: string, test: string): ZbDone {
  const field = (name: string): string => {
    return new RegExp(`^${name}:\\s+(\\S.*)$`, 'm').exec(printed)?.[1]?.trim() ?? ''
  }
  if (field('Test name') !== test) throw new Error(`zb did not run ${test}: ${printed.trim().slice(-300)}`)
  if (field('Failed requests') !== '0') throw new Error(`zb: failed requests: ${field('Failed requests')}`)
  const done = { rate: Number(field('Requests per second')), p99Ms: goDurationMs(field('p99')) }
  if (!(done.rate > 0 && done.p99Ms > 0)) throw new Error(`zb counted nothing: ${printed.trim().slice(-300)}`)
  return done
}

const unitMs: Readonly<Record<string, number>> = {
  h: 3_600_000,
  m: 60_000,
  s: 1000,
  ms: 1,
  µs: 1e-3,
  μs: 1e-3,
  us: 1e-3,
  ns: 1e-6,
}

/** As Go's time.Duration prints itself, such as `1m2.5s`; NaN for anything else. */
export function goDurationMs(text: string): number {
  const parts = [...text.matchAll(/([\d.]+)(h|ms|m|s|µs|μs|us|ns)/g)]
  if (parts.length === 0 || parts.map(([whole]) => whole).join('') !== text) return Number.NaN
  return parts.reduce((sum, [, number, unit = '']) => sum + Number(number) * (unitMs[unit] ?? Number.NaN), 0)
}
