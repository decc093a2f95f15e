import { ab, abArgs, readAb } from '../load/ab.ts'
import { runGenerator } from '../load/run-generator.ts'
import { type HttpLoad, readWrk, wrk, wrkArgs } from '../load/wrk.ts'
import { runProgram } from '../process/run-program.ts'
import type { Measured, Row } from '../session/row.ts'
import type { Goal } from '../statistics/goal.ts'
import { type Content, manifestType, type Seed } from './content.ts'
import { expectAnswer } from './expect-answer.ts'
import { fasterPeers, peers } from './target-names.ts'

/** One thing that is read again and again. */
interface Reading {
  readonly name: string
  readonly method: 'GET' | 'HEAD'
  readonly path: (seed: Seed) => string
  readonly content: (seed: Seed) => Content
  readonly accept?: string
  readonly goal: (peers: readonly string[]) => Goal
}

const nearlyBare: Goal = { times: 0.85, against: ['bare'] }
const thrice = (against: readonly string[]): Goal => ({ either: [{ times: 3, against }, nearlyBare] })
const twice = (against: readonly string[]): Goal => ({ times: 2, against })
const byTag = ({ tag }: Seed): string => `manifests/${tag}`
const manifestOf = ({ artifact }: Seed): Content => artifact.manifest
const smallOf = ({ small }: Seed): Content => small
const smallPath = ({ small }: Seed): string => `blobs/${small.digest}`
const megabyte = 1e6
/** Seconds, roughly: a standing server the first time, and warming up. */
const standingTakes = 1.5
const generatorTakes = 0.2

const readings: readonly Reading[] = [
  {
    name: 'manifest GET by tag',
    method: 'GET',
    path: byTag,
    content: manifestOf,
    accept: manifestType,
    goal: thrice,
  },
  {
    name: 'manifest GET by digest',
    method: 'GET',
    path: ({ artifact }) => `manifests/${artifact.manifest.digest}`,
    content: manifestOf,
    accept: manifestType,
    goal: thrice,
  },
  {
    name: 'manifest HEAD by tag',
    method: 'HEAD',
    path: byTag,
    content: manifestOf,
    accept: manifestType,
    goal: thrice,
  },
  { name: 'blob HEAD', method: 'HEAD', path: smallPath, content: smallOf, goal: thrice },
  {
    name: 'blob GET, 1 KiB',
    method: 'GET',
    path: smallPath,
    content: smallOf,
    goal: twice,
  },
]

const largeDownload: Row = {
  name: 'blob GET, 100 MiB, 1 client',
  targets: ['lading', ...peers, 'nginx'],
  figures: [
    {
      id: 'rate',
      name: 'rate',
      unit: 'MB/s',
      better: 'more',
      goal: {
        all: [
          { times: 1, against: peers },
          { times: 0.9, against: ['nginx'] },
        ],
      },
    },
  ],
  checkTakes: standingTakes,
  takes: (seconds) => seconds + generatorTakes,
  async check(target) {
    const { large } = target.seed
    const url = await urlOf(target, `blobs/${large.digest}`)
    await expectAnswer({ method: 'GET', url }, { digest: large.digest, length: large.bytes.length })
  },
  async measure(target, seconds) {
    const { large } = target.seed
    const { origin, pathname } = await urlOf(target, `blobs/${large.digest}`)
    const done = await runGenerator({
      kind: 'download',
      origin,
      path: pathname,
      seconds,
      bytes: large.bytes.length,
    })
    return { rate: done.bytes / done.seconds / megabyte }
  },
}

export const readRows: readonly Row[] = [
  ...readings.flatMap((each) => [
    readRow(each, { connections: 32, against: peers }),
    readRow(each, { connections: 64, against: fasterPeers }),
  ]),
  largeDownload,
]

function readRow(
  { name, method, path, content, accept, goal }: Reading,
  { connections, against }: { connections: number; against: readonly string[] },
): Row {
  const tool = method === 'GET' ? wrk : ab
  return {
    name: `${name}, ${connections} connections`,
    targets: ['lading', 'bare', 'bare threaded', ...against],
    needs: [tool.name],
    figures: [{ id: 'rate', name: 'rate', unit: 'requests/s', better: 'more', goal: goal(against) }],
    checkTakes: standingTakes,
    takes: (seconds) => Math.max(1, Math.round(seconds)),
    async check(target) {
      const { bytes, digest } = content(target.seed)
      const asking = {
        method,
        url: await urlOf(target, path(target.seed)),
        headers: { accept: accept ?? '*/*' },
      }
      await expectAnswer(asking, { length: bytes.length, ...(method === 'GET' && { digest }) })
      // Caches fill and compilers wake up before the first round, not in it.
      await requestsPerSecond(target, 1)
    },
    async measure(target, seconds) {
      return { rate: await requestsPerSecond(target, seconds) }
    },
  }

  async function requestsPerSecond(target: Measured, seconds: number): Promise<number> {
    const { href: url } = await urlOf(target, path(target.seed))
    const load: HttpLoad = { url, connections, seconds, ...(accept !== undefined && { accept }) }
    const args = method === 'GET' ? wrkArgs(load) : abArgs(load)
    const { stdout } = await runProgram(target.program(tool.name).path, args, seconds * 1000 + 30_000)
    return method === 'GET' ? readWrk(stdout) : readAb(stdout)
  }
}

async function urlOf(target: Measured, path: string): Promise<URL> {
  const { origin } = await target.standing()
  return new URL(`/v2/${target.seed.repository}/${path}`, origin)
}
