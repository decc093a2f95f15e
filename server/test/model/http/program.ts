import fc from 'fast-check'
import { blobs, manifests, repositories, spans, tags } from './content.ts'
import type { Request } from './plain-registry.ts'

/**
 * What happens together: up to three requests at once, or the process ends and starts anew; `cut`: it ends so many ms
 * after they were sent.
 */
export type Round =
  | { readonly after: number; readonly requests: readonly Request[]; readonly cut?: number }
  | { readonly after: number; readonly restart: true }

export type Program = readonly Round[]

const place = (list: readonly unknown[]): fc.Arbitrary<number> => fc.nat(list.length - 1)
const repository = place(repositories)
const ofBlob = { repository, blob: place(blobs) }
const ofManifest = { repository, manifest: place(manifests) }
const ofTag = { repository, tag: place(tags) }

const requestTo = (what: string, of: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<Request> =>
  fc.record({ do: fc.constant(what), ...of }) as fc.Arbitrary<Request>

/** Pushes come most often: without them there is nothing to lose. */
const request: fc.Arbitrary<Request> = fc.oneof(
  { weight: 6, arbitrary: requestTo('push-blob', ofBlob) },
  { weight: 6, arbitrary: requestTo('push-manifest', { ...ofManifest, tag: place(tags) }) },
  { weight: 2, arbitrary: requestTo('push-manifest', ofManifest) },
  { weight: 2, arbitrary: requestTo('head-blob', ofBlob) },
  { weight: 2, arbitrary: requestTo('mount', ofBlob) },
  { weight: 1, arbitrary: requestTo('get-blob', ofBlob) },
  { weight: 1, arbitrary: requestTo('delete-blob', ofBlob) },
  { weight: 1, arbitrary: requestTo('head-manifest', ofManifest) },
  { weight: 1, arbitrary: requestTo('get-manifest', ofManifest) },
  { weight: 1, arbitrary: requestTo('delete-manifest', ofManifest) },
  { weight: 1, arbitrary: requestTo('referrers', ofManifest) },
  { weight: 1, arbitrary: requestTo('get-tag', ofTag) },
  { weight: 2, arbitrary: requestTo('delete-tag', ofTag) },
  { weight: 1, arbitrary: requestTo('history', ofTag) },
  { weight: 1, arbitrary: requestTo('list-tags', { repository }) },
  { weight: 3, arbitrary: fc.constant({ do: 'collect' } as const) },
)

const after = fc.nat(spans.length - 1)
/** Requests are mostly answered by then. */
const longestCutMs = 12

/** One run of garbage collection at a time, and no pull beside it: pulls are counted a little later than they are answered. */
function together(requests: readonly Request[]): Request[] {
  const at = requests.findIndex((each) => each.do === 'collect')
  if (at === -1) return [...requests]
  const isApart = (each: Request): boolean => ['collect', 'get-manifest', 'get-tag'].includes(each.do)
  return requests.filter((each, place) => place === at || !isApart(each))
}

/** Pulls may be lost with the process, and what collection has come to is many states. */
function cuttable(requests: readonly Request[]): Request[] {
  return requests.filter((each) => !['collect', 'get-manifest', 'get-tag'].includes(each.do))
}

/** Nearly every program begins with content that manifests can name: without it most of their pushes are refused. */
const stock: fc.Arbitrary<Program> = fc.constantFrom(
  [],
  ...repositories.map(
    (_, at): Program => [
      { after: 0, requests: blobs.map((_blob, blob) => ({ do: 'push-blob', repository: at, blob })) },
    ],
  ),
)

const rounds: fc.Arbitrary<Program> = fc.array(
  fc.oneof(
    {
      weight: 9,
      arbitrary: fc.record({
        after,
        requests: fc.array(request, { minLength: 1, maxLength: 3 }).map(together),
      }),
    },
    { weight: 1, arbitrary: fc.record({ after, restart: fc.constant(true as const) }) },
    {
      weight: 1,
      arbitrary: fc.record({
        after,
        requests: fc.array(request, { minLength: 1, maxLength: 3 }).map(cuttable),
        cut: fc.nat(longestCutMs),
      }),
    },
  ),
  { minLength: 5, maxLength: 24, size: 'max' },
)

export const program: fc.Arbitrary<Program> = fc
  .tuple(stock, rounds)
  .map(([first, then]) => [...first, ...then])
