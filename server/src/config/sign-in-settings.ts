import type { ConfigKey } from './config.ts'
import { providers } from './provider-types.ts'
import { duration } from './scalar-types.ts'
import type { Settings } from './setting.ts'
import { day, hour, minute, second } from './units.ts'
import { workloads } from './workload-types.ts'

/** Ways in beside passwords and keys. */
export const signInSettings: Settings<Extract<ConfigKey, `signIn.${string}`>> = {
  'signIn.providers': {
    type: providers,
    default: [],
    about:
      'Where people sign in with an account that they have elsewhere: name, type (oidc, google or github), clientId and clientSecret, for oidc issuer; title, scopes, newAccounts, require, nameClaim, groupsClaim and teams as the guide describes them.',
  },
  'signIn.workloads': {
    type: workloads,
    default: [],
    about:
      'Rules by which machines get a key of a robot for a token of their own, such as that of a CI or of Kubernetes: name, issuer, require and robot; audience, permissions, lifetime and reuse.',
  },
  'signIn.timeout': {
    type: duration({ min: 100, max: minute }),
    default: '10s',
    about: 'How long a provider or an issuer may take for one answer.',
  },
  'signIn.deviceCodeLifetime': {
    type: duration({ min: 10 * second, max: hour }),
    default: '10m',
    about: 'How long a program that `lading login` stands for waits until somebody lets it in at /device.',
  },
  'signIn.deviceKeyLifetime': {
    type: duration({ min: minute, max: 400 * day }),
    default: '90d',
    about: 'How long the key is good that such a program gets.',
  },
}
