import { parseArgs } from 'node:util'
import { leastRounds } from './statistics/goal.ts'

export interface Arguments {
  readonly suite: string
  readonly rounds: number
  readonly seconds: number
  /** Rows whose name it matches. */
  readonly rows: RegExp
  readonly json: boolean
  /** Goes on with the rounds that an earlier run has left; else these rows are measured afresh. */
  readonly resume: boolean
  /** How many the engines' database or the searched index has, where not as many as usual. */
  readonly artifacts?: number
  /** Where the page goes, relative to the checkout. */
  readonly page: string
  /** Where finished rounds are kept, relative to the checkout. */
  readonly results: string
}

export const usage: string = `npm run bench -- <suite> [options]

  suites: oci, library, engines, search, access; relevance, which says how good answers are, and knows --page and --json alone

  --rounds <n>      turns through all targets (${leastRounds}; goals want as many)
  --seconds <n>     of each measurement (3)
  --rows <pattern>  only rows whose name matches the regular expression
  --artifacts <n>   engines, search: in what is read from (1000000)
  --json            the report as JSON
  --resume          go on where an interrupted run stopped; else these rows are measured afresh
  --page <path>     where the page is written (docs/BENCHMARKS.md)
  --results <path>  where finished rounds are kept (.cache/bench/<suite>.json)

The peers' programs: LADING_PEER_ZOT, LADING_PEER_ZB, LADING_PEER_DISTRIBUTION, LADING_PEER_NGINX; or zot, zb, registry
and nginx in the path. wrk and ab are looked for in the path.`

/** Throws UsageError. */
export function readArguments(args: readonly string[]): Arguments {
  const { values, positionals } = parsed(args)
  const [suite, ...rest] = positionals
  if (suite === undefined || rest.length > 0) throw new UsageError('name one suite')
  return {
    suite,
    rounds: positive('rounds', values.rounds, Number.isInteger),
    seconds: positive('seconds', values.seconds, Number.isFinite),
    rows: pattern(values.rows),
    ...(values.artifacts !== undefined && {
      artifacts: positive('artifacts', values.artifacts, Number.isInteger),
    }),
    json: values.json,
    resume: values.resume,
    page: values.page,
    results: values.results ?? `.cache/bench/${suite}.json`,
  }
}

export class UsageError extends Error {
  override readonly name = 'UsageError'
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        rounds: { type: 'string', default: `${leastRounds}` },
        seconds: { type: 'string', default: '3' },
        rows: { type: 'string', default: '' },
        artifacts: { type: 'string' },
        json: { type: 'boolean', default: false },
        resume: { type: 'boolean', default: false },
        page: { type: 'string', default: 'docs/BENCHMARKS.md' },
        results: { type: 'string' },
      },
    })
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

function positive(name: string, text: string, fits: (value: number) => boolean): number {
  const value = Number(text)
  if (!fits(value) || value <= 0) throw new UsageError(`--${name}: ${text} is no number for it`)
  return value
}

function pattern(text: string): RegExp {
  try {
    return new RegExp(text, 'i')
  } catch {
    throw new UsageError(`--rows: ${text} is no regular expression`)
  }
}
