import fc from 'fast-check'

/** What a client, or a job, does. Numbers are places in the world's lists. */
export type Step =
  | { readonly do: 'push'; readonly repository: number; readonly blob: number }
  | { readonly do: 'chunks'; readonly repository: number; readonly blob: number; readonly cancel: boolean }
  | { readonly do: 'mount'; readonly repository: number; readonly blob: number; readonly from: boolean }
  | {
      readonly do: 'image'
      readonly repository: number
      readonly manifest: number
      readonly tag: string
      readonly skip: boolean
    }
  /** Moves a tag to a manifest that is there, or finds that it is not. */
  | { readonly do: 'tag'; readonly repository: number; readonly manifest: number; readonly tag: string }
  | { readonly do: 'read'; readonly repository: number; readonly blob: number }
  | { readonly do: 'readTag'; readonly repository: number; readonly tag: string }
  | { readonly do: 'untag'; readonly repository: number; readonly tag: string }
  | { readonly do: 'deleteManifest'; readonly repository: number; readonly manifest: number }
  | { readonly do: 'deleteBlob'; readonly repository: number; readonly blob: number }
  | { readonly do: 'wait'; readonly hours: number }
  | { readonly do: 'collect' | 'expire' | 'trash' | 'sweep' | 'jobs' | 'restart' }

export interface Program {
  /** Each list is one client's, or one background worker's: its steps follow one another. */
  readonly clients: readonly (readonly Step[])[]
  readonly choices: readonly number[]
}

const repository = fc.nat(1)
const blob = fc.nat(3)
const manifest = fc.nat(3)
/** Empty: by digest, without a tag. */
const tag = fc.constantFrom('v1', 'v2', '')

const userStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('push' as const), repository, blob }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('chunks' as const), repository, blob, cancel: fc.boolean() }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('mount' as const), repository, blob, from: fc.boolean() }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('image' as const),
      repository,
      manifest,
      tag,
      skip: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('read' as const), repository, blob }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('readTag' as const),
      repository,
      tag: fc.constantFrom('v1', 'v2'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('untag' as const), repository, tag: fc.constantFrom('v1', 'v2') }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('deleteManifest' as const), repository, manifest }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('deleteBlob' as const), repository, blob }) },
)

const backgroundStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('wait' as const), hours: fc.constantFrom(1, 11, 13, 25) }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constantFrom('collect' as const, 'trash', 'sweep', 'expire', 'jobs') }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const) }) },
)

const choices = fc.array(fc.nat(5), { minLength: 1, maxLength: 40 })

const mixed: fc.Arbitrary<Program> = fc.record({
  clients: fc.tuple(
    fc.array(userStep, { maxLength: 5 }),
    fc.array(userStep, { maxLength: 5 }),
    fc.array(backgroundStep, { maxLength: 5 }),
  ),
  choices,
})

const one = fc.constant(0)
const renewing: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('push' as const), repository: one, blob: fc.constantFrom(0, 2) }),
  fc.record({
    do: fc.constant('mount' as const),
    repository: one,
    blob: fc.constantFrom(0, 2),
    from: fc.boolean(),
  }),
  fc.record({
    do: fc.constant('image' as const),
    repository: one,
    manifest: fc.nat(1),
    tag,
    skip: fc.boolean(),
  }),
  fc.record({ do: fc.constant('read' as const), repository: one, blob: fc.constantFrom(0, 2) }),
)
const ageing: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('wait' as const), hours: fc.constantFrom(13, 25) }),
  fc.record({ do: fc.constant('collect' as const) }),
)

/** Content that grows old while clients come back to it. This and the next look where the chance of `mixed` seldom does. */
const renewals: fc.Arbitrary<Program> = fc.record({
  clients: fc.tuple(
    fc.array(renewing, { minLength: 1, maxLength: 4 }),
    fc.array(renewing, { maxLength: 3 }),
    fc.array(ageing, { minLength: 2, maxLength: 6 }),
  ),
  choices,
})

const tagging: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('tag' as const),
      repository: one,
      manifest: fc.nat(1),
      tag: fc.constant('v1'),
    }),
  },
  fc.record({ do: fc.constant('untag' as const), repository: one, tag: fc.constant('v1') }),
  fc.record({ do: fc.constant('deleteManifest' as const), repository: one, manifest: fc.nat(1) }),
)
const imagesOf = (manifest: number): fc.Arbitrary<Step> =>
  fc.constant({ do: 'image', repository: 0, manifest, tag: 'v1', skip: true })

/** One tag, two manifests, and two who want it. */
const tagRaces: fc.Arbitrary<Program> = fc.record({
  clients: fc.tuple(
    fc.tuple(imagesOf(0), tagging, tagging, tagging),
    fc.tuple(imagesOf(1), tagging, tagging, tagging),
    fc.array(backgroundStep, { maxLength: 2 }),
  ),
  choices,
})

const content = fc.constantFrom(0, 2)
const comingAndGoing = (repository: number): fc.Arbitrary<Step> =>
  fc.oneof(
    fc.record({ do: fc.constant('push' as const), repository: fc.constant(repository), blob: content }),
    fc.record({
      do: fc.constant('mount' as const),
      repository: fc.constant(repository),
      blob: content,
      from: fc.boolean(),
    }),
    fc.record({ do: fc.constant('deleteBlob' as const), repository: fc.constant(repository), blob: content }),
  )

/** The same content in two repositories, which comes and goes. */
const contentRaces: fc.Arbitrary<Program> = fc.record({
  clients: fc.tuple(
    fc.array(comingAndGoing(0), { minLength: 2, maxLength: 6 }),
    fc.array(comingAndGoing(1), { minLength: 2, maxLength: 6 }),
    fc.array(ageing, { maxLength: 3 }),
  ),
  choices,
})

const untagged = (manifest: number): fc.Arbitrary<Step> =>
  fc.constant({ do: 'image', repository: 0, manifest, tag: '', skip: true })
const subjectGoes: fc.Arbitrary<Step> = fc.constant({ do: 'deleteManifest', repository: 0, manifest: 0 })

/** A subject that goes and comes, with a referrer that nothing else names, while the job follows. */
const referrerRaces: fc.Arbitrary<Program> = fc.record({
  clients: fc.tuple(
    fc.tuple(untagged(0), untagged(2), subjectGoes, untagged(2)),
    fc.array(fc.oneof(untagged(2), untagged(0), subjectGoes), { maxLength: 3 }),
    fc.array(
      fc.oneof(
        fc.constant<Step>({ do: 'jobs' }),
        fc.constant<Step>({ do: 'wait', hours: 1 }),
        fc.constant<Step>({ do: 'restart' }),
      ),
      { maxLength: 5 },
    ),
  ),
  choices,
})

export const program: fc.Arbitrary<Program> = fc.oneof(
  { weight: 5, arbitrary: mixed },
  { weight: 2, arbitrary: renewals },
  { weight: 2, arbitrary: tagRaces },
  { weight: 2, arbitrary: contentRaces },
  { weight: 1, arbitrary: referrerRaces },
)
