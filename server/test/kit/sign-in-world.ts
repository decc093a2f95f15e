import { openConfiguredOutgoing } from '../../src/adapters/outgoing/configured/open-configured-outgoing.ts'
import type { Config } from '../../src/config/config.ts'
import type { ProviderSetting } from '../../src/config/sign-in-config.ts'
import { beginSetUp } from '../../src/core/access/set-up.ts'
import type { Outgoing } from '../../src/ports/outgoing/outgoing.ts'
import { callerOf } from '../core/kit.ts'
import { Browser } from './browser.ts'
import {
  clientId,
  clientSecret,
  type People,
  startIdentityProvider,
  type TestProvider,
} from './identity-provider.ts'
import { startTestRegistry, type TestRegistry } from './test-registry.ts'

export const password = 'seven green kettles'

/** A registry whose administrator is `root`, and a company's provider by which people sign in. */
export interface SignInWorld extends AsyncDisposable {
  readonly registry: TestRegistry
  readonly provider: TestProvider
  /** What the registry asks for elsewhere goes through here. */
  fetch: Outgoing['fetch']
  /** Up to where the provider sends the browser back: that address is not asked for yet. */
  arrive(browser: Browser, login: string, path?: string): Promise<string>
  /** The same, and back. */
  signIn(browser: Browser, login: string, path?: string): Promise<Response>
  /** Who a browser is at the registry. */
  who(browser: Browser): Promise<string>
}

export interface SignInWorldOptions {
  readonly people: People
  readonly rules?: Partial<ProviderSetting>
  readonly workloads?: (issuer: string) => Config['signIn']['workloads']
  readonly signIn?: Partial<Config['signIn']>
  readonly logLevel?: Config['log']['level']
}

export async function startSignInWorld({
  people,
  rules = {},
  workloads = () => [],
  signIn = {},
  logLevel = 'warn',
}: SignInWorldOptions): Promise<SignInWorld> {
  const provider = await startIdentityProvider(people)
  const usual = openConfiguredOutgoing({ timeoutMs: 5_000, maxBytes: 1_000_000 }).fetch
  const world = { fetch: usual }
  const company: ProviderSetting = {
    ...{ name: 'company', type: 'oidc', title: 'The Company', issuer: provider.issuer, api: '' },
    ...{ clientId, clientSecret, scopes: ['profile', 'email'], newAccounts: true, require: {} },
    ...{ nameClaim: 'preferred_username', groupsClaim: 'groups', teams: {}, ...rules },
  }
  const registry = await startTestRegistry({
    signIn: { providers: [company], workloads: workloads(provider.issuer), ...signIn },
    asking: { fetch: async (url, request) => await world.fetch(url, request) },
    now: Date.now(),
    logLevel,
  })
  provider.knows(registry.url)
  const { core, registry: bound } = registry.composed
  const token = (await beginSetUp(core)) ?? ''
  await bound.accounts.setUp(callerOf({ kind: 'anonymous' }), { token, name: 'root', password })
  const arrive = async (browser: Browser, login: string, path = '/sign-in/company'): Promise<string> =>
    await visitProvider(new URL(path, registry.url).href, login, registry.url, browser)
  return Object.assign(world, {
    registry,
    provider,
    arrive,
    signIn: async (browser: Browser, login: string, path?: string) =>
      await browser.get(await arrive(browser, login, path)),
    who: async (browser: Browser) => {
      const answer = await browser.get(`${registry.url}/api/v1/me`)
      return ((await answer.json()) as { principal: string }).principal
    },
    [Symbol.asyncDispose]: async () => {
      await registry[Symbol.asyncDispose]()
      await provider[Symbol.asyncDispose]()
    },
  })
}

/** Goes to a provider, signs in there, and agrees, up to where the browser is sent back: that address is not asked for. */
export async function visitProvider(
  address: string,
  login: string,
  registry: string,
  browser: Browser = new Browser(),
): Promise<string> {
  const isBack = (url: URL): boolean => url.href.startsWith(`${registry}/sign-in/`)
  let { answer, url } = await browser.follow(await browser.get(address), isBack)
  for (let form = 0; form < 3 && answer.headers.get('location') === null; form++) {
    const [, action = ''] = /<form[^>]* action="([^"]+)"/.exec(await answer.text()) ?? []
    const prompt = form === 0 ? 'login' : 'consent'
    const sent = await browser.post(new URL(action, url).href, { prompt, login, password: 'any' })
    ;({ answer, url } = await browser.follow(sent, isBack))
  }
  return url
}
