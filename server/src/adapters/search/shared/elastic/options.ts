export interface ElasticOptions {
  /** `http://host:port` or `https://host:port`; of several nodes of one cluster, all of them. Never told with a password. */
  readonly node: string | readonly string[]
  /** Name of the alias under which the index is found; what the engine makes begins with it. `lading` where nothing is said. */
  readonly index?: string
  readonly username?: string
  readonly password?: string
  /** As the server has given it, encoded; instead of a user. */
  readonly apiKey?: string
  /** With every request. */
  readonly headers?: Readonly<Record<string, string>>
  /** PEM of the authorities that are trusted, instead of those of the machine; for `https:` alone. */
  readonly ca?: string
  /** Parts of an index that is built from now on. With more than one, counts of facets of very many labels are near, and no more. */
  readonly shards?: number
  /** Of every question, in ms, with all that is tried again. */
  readonly timeoutMs?: number
  /** Of every change, in ms. */
  readonly writeTimeoutMs?: number
  /** How often more something is tried that the server has turned away because it is busy. */
  readonly retries?: number
  /** Documents are sent in bodies of about so many bytes. */
  readonly bulkBytes?: number
  /** Between two signs of life of who builds an index, in ms. */
  readonly beatMs?: number
  /** Without a sign of life for so long, in ms, an index that is not used was given up, and is removed with the next building. */
  readonly abandonedMs?: number
  /** Milliseconds since 1970, by which signs of life are told. */
  readonly now?: () => number
}

export interface ElasticBounds {
  readonly shards: number
  readonly timeoutMs: number
  readonly writeTimeoutMs: number
  readonly retries: number
  readonly bulkBytes: number
  readonly beatMs: number
  readonly abandonedMs: number
}

export const usualBounds: ElasticBounds = {
  shards: 1,
  timeoutMs: 10_000,
  writeTimeoutMs: 60_000,
  retries: 4,
  bulkBytes: 4 * 1024 * 1024,
  beatMs: 60_000,
  abandonedMs: 60 * 60_000,
}
const usualIndex = 'lading'

const boundNames = Object.keys(usualBounds) as readonly (keyof ElasticBounds)[]
/** What both servers allow, without what has a meaning in lists of names. */
const indexForm = /^[a-z][a-z0-9_-]{0,99}$/

export interface ElasticSettings extends ElasticBounds {
  readonly index: string
  readonly now: () => number
}

/** @throws RangeError for a bound or the name of the index */
export function settingsOf(options: ElasticOptions): ElasticSettings {
  const { index = usualIndex, now = Date.now } = options
  if (!indexForm.test(index))
    throw new RangeError(
      'the name of an index is of a-z, 0-9, - and _, begins with a letter, and has at most 100',
    )
  const bounds = { ...usualBounds }
  for (const name of boundNames) {
    const value = options[name] ?? usualBounds[name]
    const least = name === 'retries' ? 0 : 1
    if (!Number.isSafeInteger(value) || value < least)
      throw new RangeError(`${name} is a whole number, at least ${least}`)
    bounds[name] = value
  }
  // What is still being filled would be taken for given up.
  if (bounds.abandonedMs < 3 * bounds.beatMs)
    throw new RangeError('abandonedMs is at least three times beatMs')
  return { ...bounds, index, now }
}
