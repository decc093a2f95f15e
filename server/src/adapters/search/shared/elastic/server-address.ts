import type { ElasticOptions } from './options.ts'

/** How a client reaches a cluster, and says who it is. */
export interface ServerAddress {
  /** Without user and password. */
  readonly nodes: readonly string[]
  readonly user?: { readonly username: string; readonly password: string }
  readonly headers: Readonly<Record<string, string>>
  readonly ca?: string
}

/** @throws TypeError, in whose message none of the secrets stand */
export function serverAddressOf(options: ElasticOptions): ServerAddress {
  const { node, apiKey, headers = {}, ca } = options
  const urls = (typeof node === 'string' ? [node] : node).map(parseUrl)
  if (urls.length === 0) throw new TypeError('there is no address of a search server')
  if (ca !== undefined && urls.some(({ protocol }) => protocol !== 'https:'))
    throw new TypeError('an authority is for servers that are reached by TLS: https:, not http:')
  const user = userOf(options, urls)
  if (user !== undefined && apiKey !== undefined)
    throw new TypeError('a search server is told either a user or an API key')
  return {
    nodes: urls.map((url) => `${url.origin}${url.pathname.replace(/\/$/, '')}`),
    headers: { ...headers, ...(apiKey !== undefined && { authorization: `ApiKey ${apiKey}` }) },
    ...(user !== undefined && { user }),
    ...(ca !== undefined && { ca }),
  }
}

function parseUrl(text: string): URL {
  if (!URL.canParse(text))
    throw new TypeError('the address of a search server is http://host:port or https://host:port')
  const url = new URL(text)
  if (!['http:', 'https:'].includes(url.protocol) || url.search !== '' || url.hash !== '')
    throw new TypeError('the address of a search server is http://host:port or https://host:port')
  return url
}

function userOf({ username, password }: ElasticOptions, urls: readonly URL[]): ServerAddress['user'] {
  const [url] = urls.filter((one) => one.username !== '')
  if (username !== undefined) return { username, password: password ?? '' }
  if (password !== undefined) throw new TypeError('a password for a search server wants a username')
  return url && { username: decodeURIComponent(url.username), password: decodeURIComponent(url.password) }
}
