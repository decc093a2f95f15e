import { openGithubProvider } from '../adapters/identity/github/open-github-provider.ts'
import { openOutsideTokens } from '../adapters/identity/issuers/open-outside-tokens.ts'
import { openOpenidProvider } from '../adapters/identity/openid/open-openid-provider.ts'
import { openConfiguredOutgoing } from '../adapters/outgoing/configured/open-configured-outgoing.ts'
import type { Config } from '../config/config.ts'
import type { ProviderSetting } from '../config/sign-in-config.ts'
import type { IdentityProvider } from '../ports/identity/identity-provider.ts'
import type { Outgoing } from '../ports/outgoing/outgoing.ts'
import type { OutsidePorts, WaysIn } from './compose/outside.ts'

/** Of an answer. Key sets, and pages of GitHub, are far smaller. */
const mostBytes = 4_194_304

/** Those who know people and machines elsewhere, by the configuration. Nobody is asked before somebody signs in. */
export function openOutside(
  { signIn }: Pick<Config, 'signIn'>,
  outgoing: Outgoing = openConfiguredOutgoing({ timeoutMs: signIn.timeout, maxBytes: mostBytes }),
): OutsidePorts {
  return {
    providers: signIn.providers.map((setting) => openProvider(setting, outgoing)),
    tokens: openOutsideTokens(outgoing),
  }
}

export function waysInOf({ signIn, publicUrl }: Pick<Config, 'signIn' | 'publicUrl'>): WaysIn {
  return {
    providers: signIn.providers.map(({ name, ...rules }) => ({ ...rules, provider: name })),
    workloads: signIn.workloads.flatMap((rule) => {
      const audience = rule.audience ?? publicUrl
      // The configuration was checked for it.
      return audience === undefined ? [] : [{ ...rule, audience }]
    }),
    device: { codeLifetime: signIn.deviceCodeLifetime, keyLifetime: signIn.deviceKeyLifetime },
  }
}

function openProvider(setting: ProviderSetting, outgoing: Outgoing): IdentityProvider {
  const { name, type, issuer, api, clientId, clientSecret, scopes } = setting
  switch (type) {
    case 'oidc':
    case 'google':
      return openOpenidProvider({ name, issuer, clientId, clientSecret, scopes, outgoing })
    case 'github':
      return openGithubProvider({
        ...{ name, web: issuer, api, clientId, scopes, outgoing },
        // The configuration was checked for it.
        clientSecret: clientSecret ?? '',
      })
  }
}
