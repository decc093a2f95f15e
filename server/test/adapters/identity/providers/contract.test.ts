import assert from 'node:assert/strict'
import { after, before, describe, it, test } from 'node:test'
import { openGithubProvider } from '../../../../src/adapters/identity/github/open-github-provider.ts'
import { openOpenidProvider } from '../../../../src/adapters/identity/openid/open-openid-provider.ts'
import { openConfiguredOutgoing } from '../../../../src/adapters/outgoing/configured/open-configured-outgoing.ts'
import {
  identityProviderContract,
  type ProviderHarness,
  type Trouble,
} from '../../../../src/ports/identity/identity-provider-suite.ts'
import { OutgoingError } from '../../../../src/ports/outgoing/errors.ts'
import type { Outgoing } from '../../../../src/ports/outgoing/outgoing.ts'
import { type GithubStandIn, startGithub } from '../../../kit/github-stand-in.ts'
import {
  clientId,
  clientSecret,
  startIdentityProvider,
  type TestProvider,
} from '../../../kit/identity-provider.ts'
import { visitProvider } from '../../../kit/sign-in-world.ts'

const registry = 'http://registry.test'
const redirectUri = `${registry}/sign-in/company/callback`
const whole = openConfiguredOutgoing({ timeoutMs: 5_000, maxBytes: 1_000_000 })

function asking(trouble: Trouble | undefined): Outgoing {
  if (trouble === undefined) return whole
  return {
    fetch: async () => {
      if (trouble === 'failing') return new Response('', { status: 503 })
      throw new OutgoingError(trouble, 'there is no answer')
    },
  }
}

let provider: TestProvider
let github: GithubStandIn
before(async () => {
  provider = await startIdentityProvider({ one: {}, other: {} })
  provider.knows(registry)
  github = await startGithub({ id: clientId, secret: clientSecret })
})
after(async () => {
  await provider?.[Symbol.asyncDispose]()
  await github?.[Symbol.asyncDispose]()
})

const openid: ProviderHarness = {
  redirectUri,
  open: (trouble) =>
    openOpenidProvider({
      ...{ name: 'company', issuer: provider.issuer, clientId, clientSecret, scopes: ['profile'] },
      outgoing: asking(trouble),
    }),
  visit: async (address, person) => new URL(await visitProvider(address, person, registry)).searchParams,
}
const hub: ProviderHarness = {
  redirectUri,
  open: (trouble) =>
    openGithubProvider({
      ...{ name: 'company', web: github.url, api: `${github.url}/api/v3`, clientId, clientSecret },
      outgoing: asking(trouble),
      scopes: ['read:org'],
    }),
  visit: async (address, person) => {
    github.next = person === 'one' ? { id: 1, login: 'one' } : { id: 2, login: 'other' }
    return new URL(await visitProvider(address, person, registry)).searchParams
  },
}

describe('a real OpenID provider', () => {
  for (const { name, run } of identityProviderContract(openid)) it(name, run)
})
describe('GitHub, as far as it is asked', () => {
  for (const { name, run } of identityProviderContract(hub)) it(name, run)
})

test('the contract finds a provider that looks at no state', async () => {
  const failing = async (wrong: ProviderHarness): Promise<readonly string[]> => {
    const found: string[] = []
    for (const { name, run } of identityProviderContract(wrong)) await run().catch(() => found.push(name))
    return found
  }
  const stateless: ProviderHarness = {
    ...hub,
    open: (trouble) => {
      const { whoCameBack, ...rest } = hub.open(trouble)
      const blind = (query: URLSearchParams): string => query.getAll('state')[0] ?? 'none'
      return {
        ...rest,
        whoCameBack: async (query, attempt) =>
          await whoCameBack(new URLSearchParams({ code: query.get('code') ?? '', state: blind(query) }), {
            ...attempt,
            state: blind(query),
          }),
      }
    },
  }
  assert.deepEqual(await failing(stateless), [
    'a state that is another one’s, missing or there twice is refused',
  ])
})
