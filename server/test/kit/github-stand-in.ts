import { createHash, randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface GithubPerson {
  readonly id: number
  readonly login: string
  readonly name?: string
  readonly emails?: readonly {
    readonly email: string
    readonly primary: boolean
    readonly verified: boolean
  }[]
  readonly orgs?: readonly string[]
  /** As `acme/platform`. */
  readonly teams?: readonly string[]
}

/** What Lading asks of GitHub: OAuth with PKCE, and the API of users. The person who signs in next is said beforehand. */
export interface GithubStandIn extends AsyncDisposable {
  readonly url: string
  next: GithubPerson
  /** How many tokens it has given. */
  given: number
}

interface Begun {
  readonly person: GithubPerson
  readonly challenge: string
  readonly redirectUri: string
}

export async function startGithub(client: { id: string; secret: string }): Promise<GithubStandIn> {
  const codes = new Map<string, Begun>()
  const tokens = new Map<string, GithubPerson>()
  const state = { next: { id: 1, login: 'ada' } as GithubPerson, given: 0 }
  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error))
    })
  })
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '', 'http://github.invalid')
    if (url.pathname === '/login/oauth/authorize') {
      const asked = url.searchParams
      if (asked.get('client_id') !== client.id || asked.get('code_challenge_method') !== 'S256') {
        response.writeHead(400).end()
        return
      }
      const code = randomUUID()
      const redirectUri = asked.get('redirect_uri') ?? ''
      codes.set(code, { person: state.next, challenge: asked.get('code_challenge') ?? '', redirectUri })
      const query = new URLSearchParams({ code, state: asked.get('state') ?? '' })
      response.writeHead(302, { Location: `${redirectUri}?${query}` }).end()
      return
    }
    if (url.pathname === '/login/oauth/access_token') {
      const form = new URLSearchParams(await textOf(request))
      const begun = codes.get(form.get('code') ?? '')
      codes.delete(form.get('code') ?? '')
      const challenge = createHash('sha256')
        .update(form.get('code_verifier') ?? '')
        .digest('base64url')
      const isRight =
        begun?.challenge === challenge &&
        begun.redirectUri === form.get('redirect_uri') &&
        form.get('client_secret') === client.secret
      // As GitHub does: by 200.
      if (begun === undefined || !isRight) {
        json(response, { error: 'bad_verification_code' })
        return
      }
      const token = randomUUID()
      tokens.set(token, begun.person)
      state.given++
      json(response, { access_token: token, token_type: 'bearer', scope: '' })
      return
    }
    const person = tokens.get((request.headers.authorization ?? '').replace(/^Bearer /, ''))
    if (person === undefined) response.writeHead(401).end()
    else answerApi(url, response, person)
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return Object.assign(state, {
    url,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  })
}

function answerApi(url: URL, response: ServerResponse, person: GithubPerson): void {
  const found = listed(url.pathname, person)
  if (url.pathname === '/api/v3/user')
    json(response, { id: person.id, login: person.login, name: person.name ?? null })
  else if (found === undefined) response.writeHead(404).end()
  else {
    const page = Number(url.searchParams.get('page'))
    const size = Number(url.searchParams.get('per_page'))
    json(response, found.slice((page - 1) * size, page * size))
  }
}

function listed(
  path: string,
  { emails = [], orgs = [], teams = [] }: GithubPerson,
): readonly unknown[] | undefined {
  const teamsSaid = teams.map((team) => ({
    slug: team.split('/')[1],
    organization: { login: team.split('/')[0] },
  }))
  const lists = new Map<string, readonly unknown[]>([
    ['/api/v3/user/emails', emails],
    ['/api/v3/user/orgs', orgs.map((login) => ({ login }))],
    ['/api/v3/user/teams', teamsSaid],
  ])
  return lists.get(path)
}

function json(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(value))
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return text
}
