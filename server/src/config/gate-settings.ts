import type { ConfigKey } from './config.ts'
import { cacheAddress } from './engine-types.ts'
import { proxyHeaders } from './gate-config.ts'
import { addressRanges, origins, rate } from './gate-types.ts'
import { path } from './place-types.ts'
import { byteSize, choice, count, duration } from './scalar-types.ts'
import type { Settings } from './setting.ts'
import { day, gib, kib, minute, second } from './units.ts'

type GateKey = Extract<ConfigKey, `gate.${string}` | `rates.${string}` | `outgoing.${string}`>

/** What comes in, how often, and what goes out. */
export const gateSettings: Settings<GateKey> = {
  'gate.proxies': {
    type: addressRanges,
    default: [],
    about:
      'Proxies before the registry: what they say of where a request comes from is taken, and nobody else’s word.',
  },
  'gate.proxyHeader': {
    type: choice(proxyHeaders),
    default: 'x-forwarded',
    about:
      'Where gate.proxies say it: x-forwarded is X-Forwarded-For, X-Forwarded-Proto and X-Forwarded-Host, forwarded is the header of RFC 7239. The other one is not read, since a client may have sent it.',
  },
  'gate.corsOrigins': {
    type: origins,
    default: [],
    about:
      'Web sites whose pages may ask this registry from a browser, such as https://console.example.com, or * for all. They have to show a token; the session of a visitor is never theirs.',
  },
  'gate.corsMaxAge': {
    type: duration({ min: 0, max: day }),
    default: '10m',
    about: 'How long browsers remember that a page of gate.corsOrigins may ask.',
  },
  'gate.strictTransport': {
    type: duration({ min: 0, max: 2 * 365 * day }),
    about:
      'For so long browsers come to the host of this registry by TLS alone, on every port of it (Strict-Transport-Security); said over TLS only.',
  },
  'rates.redis': {
    type: cacheAddress,
    about:
      'A Redis server in which all processes count together, such as redis://user:password@redis.example.com:6379/0. Without one each counts by itself, and so does each while that server does not answer.',
  },
  'rates.ca': {
    type: path,
    about: 'A PEM file of the authorities that are trusted for rates.redis, instead of those of the machine.',
  },
  'rates.timeout': {
    type: duration({ min: 10, max: 10 * second }),
    default: '250ms',
    about: 'How long a request waits for rates.redis.',
  },
  'rates.anonymousReads': {
    type: rate,
    default: 'off',
    about: 'How often each address may read without a login, or with a wrong one.',
  },
  'rates.anonymousWrites': {
    type: rate,
    default: 'off',
    about: 'How often each address may ask for a change without a login, or with a wrong one.',
  },
  'rates.anonymousSearches': {
    type: rate,
    default: 'off',
    about: 'How often each address may search without a login, or with a wrong one.',
  },
  'rates.anonymousLogins': {
    type: rate,
    default: 'off',
    about: 'How often each address may ask for a token, a session or a letter before it has a login.',
  },
  'rates.reads': {
    type: rate,
    default: 'off',
    about: 'How often each account and robot may read.',
  },
  'rates.writes': {
    type: rate,
    default: 'off',
    about: 'How often each account and robot may ask for a change.',
  },
  'rates.searches': { type: rate, default: 'off', about: 'How often each account and robot may search.' },
  'rates.logins': {
    type: rate,
    default: 'off',
    about: 'How often each account and robot may ask for a token or a session.',
  },
  'rates.wrongPasswordsFrom': {
    type: rate,
    default: '60/10m',
    about:
      'How many wrong passwords each address may try; then its passwords are not looked at. An account that has come from there with the right one before goes on.',
  },
  'rates.wrongPasswordsFor': {
    type: rate,
    default: '20/10m',
    about:
      'How many wrong passwords may be tried for each account, there or not, by all addresses from which it has not come before together, and by each one from which it has.',
  },
  'outgoing.ca': {
    type: path,
    about:
      'A PEM file of authorities that are trusted beside those of the machine, in everything that Lading asks others for by TLS.',
  },
  'outgoing.allow': {
    type: addressRanges,
    default: [],
    about:
      'Addresses and networks that are not on the Internet and may be asked all the same where a user has named them.',
  },
  'outgoing.timeout': {
    type: duration({ min: 100, max: 5 * minute }),
    default: '10s',
    about: 'How long an answer from an address that a user has named may take, as a whole.',
  },
  'outgoing.bytes': {
    type: byteSize({ min: kib, max: gib }),
    default: '1MiB',
    about: 'The most bytes that such an answer may have.',
  },
  'outgoing.redirects': {
    type: count({ min: 0, max: 20 }),
    default: 3,
    about: 'How many redirects are followed from such an address, each of them looked at like the first.',
  },
}
