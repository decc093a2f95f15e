import { clientFlags, readCredentials } from '../client-flags.ts'
import { type Command, exitCodes, type Flag, type Invocation, jsonFlag } from '../command.ts'
import { Failure, usageFailure } from '../failure.ts'
import { type Credentials, RegistryClient, type RegistryRequest } from '../registry-client.ts'
import { parseRegistryHost } from '../registry-host.ts'
import { readTransport } from '../transport.ts'
import { usualRegistry, usualRegistryInWords } from '../usual-registry.ts'

/** Of every command that asks a running registry by its API. */
export const apiFlags: Readonly<Record<string, Flag>> = {
  registry: {
    takes: '<host[:port]>',
    about: `Which registry to ask; ${usualRegistryInWords}.`,
  },
  ...clientFlags,
  ...jsonFlag,
}

/** What a command asks of the API. */
export interface ApiRequest {
  readonly method: RegistryRequest['method']
  /** Below `/api/v1/`: see `pathOf`. */
  readonly path: string
  readonly body?: object
}

/** A command that is one request, or for a list one for each page of it. */
export interface ApiCommand {
  readonly name: string
  readonly summary: string
  readonly takes: readonly string[]
  readonly about: readonly string[]
  readonly flags?: Readonly<Record<string, Flag>>
  readonly examples: readonly string[]
  /** @throws Failure */
  readonly request: (invocation: Invocation) => ApiRequest
  /** Members of the body that are known with the credentials, which are read once. @throws Failure */
  readonly more?: (invocation: Invocation, credentials: Credentials | undefined) => Promise<object>
  /** Which registry, where its arguments name one. */
  readonly registry?: (invocation: Invocation) => string | undefined
  /** The answer in lines for a person; nothing is printed where it is not there. */
  // biome-ignore lint/suspicious/noExplicitAny: what the API answers
  readonly show?: (answer: any) => readonly string[]
  /** The member that a page is a part of. */
  readonly paged?: string
}

export function apiCommand({ flags, request, more, show, paged, registry, ...rest }: ApiCommand): Command {
  return {
    ...rest,
    flags: { ...flags, ...apiFlags },
    async run(invocation) {
      const { world, switches } = invocation
      const known = request(invocation)
      const { client, credentials } = await openApi(invocation, registry?.(invocation))
      const body =
        more === undefined ? known.body : { ...known.body, ...(await more(invocation, credentials)) }
      const asked = { ...known, ...(body !== undefined && { body }) }
      const answer = paged === undefined ? await ask(client, asked) : await askPages(client, asked, paged)
      if (switches.has('json')) world.out(JSON.stringify(answer, null, 2))
      else for (const line of show?.(answer) ?? []) world.out(line)
      return exitCodes.done
    },
  }
}

/** Each of the segments, whatever is in it, stays one. */
export function pathOf(...segments: readonly string[]): string {
  // A URL has no such segments: they would go up in it.
  for (const segment of segments)
    if (segment === '' || segment === '.' || segment === '..')
      throw usageFailure(`wants a name, not ${JSON.stringify(segment)}`)
  return segments.map(encodeURIComponent).join('/')
}

/** `acme/release`. @throws Failure */
export function pairOf(text: string, form: string): readonly [string, string] {
  const [first = '', second = '', ...more] = text.split('/')
  if (first !== '' && second !== '' && more.length === 0) return [first, second]
  throw usageFailure(`wants ${form}, not ${JSON.stringify(text)}`)
}

/** @throws Failure */
export function required({ values }: Invocation, flag: string): string {
  const value = values[flag]
  if (value !== undefined) return value
  throw usageFailure(`wants --${flag}`)
}

export const listOf = (text: string): readonly string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')

/** Members of a body by the flags of the same names that were given. */
export function given({ values }: Invocation, ...flags: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    flags.flatMap((flag) => {
      const value = values[flag]
      return value === undefined ? [] : [[flag, value]]
    }),
  )
}

async function openApi(
  invocation: Invocation,
  named: string | undefined,
): Promise<{ readonly client: RegistryClient; readonly credentials: Credentials | undefined }> {
  const { values, world } = invocation
  const text = named ?? values['registry'] ?? usualRegistry(world)
  const registry = parseRegistryHost(text)
  const transport = readTransport(invocation, registry)
  const credentials = await readCredentials(invocation, registry.host)
  return { client: new RegistryClient(`${registry.host}/api/v1/`, { credentials, transport }), credentials }
}

async function ask(client: RegistryClient, { method, path, body }: ApiRequest): Promise<object> {
  const { bytes } = await client.send({
    method,
    path,
    ...(body !== undefined && {
      body: new TextEncoder().encode(JSON.stringify(body)),
      headers: { 'content-type': 'application/json' },
    }),
  })
  if (bytes.length === 0) return {}
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as object
  } catch (error) {
    throw new Failure('the registry answers something else than JSON', undefined, { cause: error })
  }
}

async function askPages(client: RegistryClient, asked: ApiRequest, member: string): Promise<object> {
  const found: unknown[] = []
  let next: unknown
  do {
    const after = typeof next === 'string' ? `?last=${encodeURIComponent(next)}` : ''
    const page = (await ask(client, { ...asked, path: asked.path + after })) as Record<string, unknown>
    const items = page[member]
    if (Array.isArray(items)) found.push(...items)
    next = page['next']
  } while (typeof next === 'string')
  return { [member]: found }
}
