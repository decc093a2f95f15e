import { longestFamily, longestTokenLifetime } from '../domain/token-times.ts'
import { administrator, audience, users } from './access-types.ts'
import { auditSettings } from './audit-settings.ts'
import { type ConfigKey, logFormats, logLevels } from './config.ts'
import { engineSettings } from './engine-settings.ts'
import { gateSettings } from './gate-settings.ts'
import { kinds } from './kind-types.ts'
import { limitSettings } from './limit-settings.ts'
import { mailSettings } from './mail-settings.ts'
import { namespaceRules } from './namespace-types.ts'
import { hostNames, listenAddress, path, webAddress } from './place-types.ts'
import { choice, count, duration, yesOrNo } from './scalar-types.ts'
import { searchSettings } from './search-settings.ts'
import type { Settings } from './setting.ts'
import { signInSettings } from './sign-in-settings.ts'
import { collectorAddress, headerPairs, ratio, sampler, serviceName } from './trace-types.ts'
import { day, hour, minute } from './units.ts'

/** Everything that can be set. Checks, flags, `lading config` and the reference page are made from it. */
export const settings: Settings = {
  listen: {
    type: listenAddress,
    default: '127.0.0.1:7070',
    about:
      'Where to listen. Where other machines reach it, nobody writes before there are users or an account, see access.write.',
  },
  threads: {
    type: count({ min: 1, max: 64 }),
    about:
      'How many threads serve requests, on Linux and FreeBSD; without it as many as the machine has cores, at most 4.',
  },
  data: {
    type: path,
    default: './lading-data',
    about: 'The folder that holds everything; made when it is not there.',
  },
  publicUrl: {
    type: webAddress,
    about: 'How clients reach the registry from outside, where a proxy stands before it.',
  },
  'tls.cert': { type: path, about: 'A PEM file with the certificate and its chain. Goes with tls.key.' },
  'tls.key': { type: path, about: 'A PEM file with the key of tls.cert.' },
  users: { type: users, default: [], about: 'Who can log in.' },
  'access.read': { type: audience, default: 'anyone', about: 'Who may pull.' },
  'access.write': {
    type: audience,
    default: 'anyone',
    about:
      'Who may push and delete, beside who has the right by their account. Anyone is anyone until the first account is made, and where other machines reach the registry nobody.',
  },
  'access.allowAnonymousWrite': {
    type: yesOrNo,
    default: false,
    about: 'Lets anyone write although other machines reach the registry; only for networks that you trust.',
  },
  'access.administrator': {
    type: administrator,
    about:
      'Who gets the first account, which may do everything, at the first start; without it that start prints a link by which it is made. It changes nothing where there are accounts.',
  },
  'access.sessionLifetime': {
    type: duration({ min: minute, max: 400 * day }),
    default: '7d',
    about: 'How long a browser stays logged in.',
  },
  'access.secondStepTime': {
    type: duration({ min: minute, max: hour }),
    default: '10m',
    about: 'How long somebody has for the second step of a login, and to confirm a new second factor.',
  },
  'access.secondStepTries': {
    type: count({ min: 1, max: 100 }),
    default: 5,
    about:
      'So many wrong codes of a second factor are free. From then on there is a wait after each, of 30 seconds first and twice as long each time, until a right one.',
  },
  'access.secondStepWait': {
    type: duration({ min: minute, max: day }),
    default: '1h',
    about: 'The longest of these waits.',
  },
  'access.metrics': {
    type: audience,
    about: 'Who may read /metrics; those of access.read where it is not set.',
  },
  'access.hosts': {
    type: hostNames,
    default: [],
    about:
      'Names beside that of publicUrl that are the registry’s own: by which a page in a browser may call one that listens on its own machine alone, and by which clients are told where they get tokens.',
  },
  'access.tokenLifetime': {
    type: duration({ min: minute, max: longestTokenLifetime }),
    default: '5m',
    about:
      'An access token is good for so long, and never longer than what it was made for: the password, session or key.',
  },
  'access.refreshLifetime': {
    type: duration({ min: hour, max: longestFamily }),
    default: '30d',
    about:
      'A refresh token that is not used for so long is good for nothing any more; a year after its login in any case.',
  },
  'access.tokenKeyRotation': {
    type: duration({ min: day, max: 365 * day }),
    default: '30d',
    about:
      'Tokens are signed by the same key for so long, then by a new one; the old one is known until its last token is over.',
  },
  ...signInSettings,
  namespaces: {
    type: namespaceRules,
    default: {},
    about:
      'Rules for the repositories of a namespace, * for those without rules of their own. immutableTags: tags that cannot be moved or deleted once they exist. addresses: from where alone it is there.',
  },
  kinds: {
    type: kinds,
    default: [],
    about:
      'Kinds of artifacts beside those that Lading knows: name and schema, a file with the JSON Schema of their documents; about, extension of their sources, and needs, the members that name other artifacts.',
  },
  ...engineSettings,
  ...searchSettings,
  ...mailSettings,
  ...auditSettings,
  ...gateSettings,
  'log.level': {
    type: choice(logLevels),
    default: 'info',
    about: 'The least important lines to log. Requests that change something or fail are info, others debug.',
  },
  'log.format': {
    type: choice(logFormats),
    default: 'auto',
    about: 'How log lines look; auto is pretty on a terminal and json elsewhere.',
  },
  'traces.endpoint': {
    type: collectorAddress,
    alsoNamed: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    about: 'The OpenTelemetry collector that gets a span for each request, by OTLP over HTTP.',
  },
  'traces.headers': {
    type: headerPairs,
    default: '',
    alsoNamed: 'OTEL_EXPORTER_OTLP_HEADERS',
    about: 'Headers for that collector, such as a token; never shown.',
  },
  'traces.serviceName': {
    type: serviceName,
    default: 'lading',
    alsoNamed: 'OTEL_SERVICE_NAME',
    about: 'What spans say that they come from.',
  },
  'traces.sampler': {
    type: sampler,
    default: 'parentbased_always_on',
    alsoNamed: 'OTEL_TRACES_SAMPLER',
    about: 'Which requests get a span; parentbased: as whoever asks has decided, else as the rest says.',
  },
  'traces.samplerArg': {
    type: ratio,
    default: 1,
    alsoNamed: 'OTEL_TRACES_SAMPLER_ARG',
    about: 'The share of requests that the samplers by ratio take.',
  },
  ...limitSettings,
}

export const settingKeys: readonly ConfigKey[] = Object.freeze(Object.keys(settings) as ConfigKey[])

/** `limits.graceTime` → `LADING_LIMITS_GRACE_TIME` */
export function environmentName(key: ConfigKey): string {
  return `LADING_${words(key).join('_').toUpperCase()}`
}

/** All variables that it is read from, strongest first. */
export function environmentNames(key: ConfigKey): readonly string[] {
  const { alsoNamed } = settings[key]
  return alsoNamed === undefined ? [environmentName(key)] : [environmentName(key), alsoNamed]
}

/** `limits.graceTime` → `limits-grace-time`, to be written after `--`. */
export function flagName(key: ConfigKey): string {
  return words(key).join('-').toLowerCase()
}

function words(key: ConfigKey): string[] {
  return key.split(/\.|(?=[A-Z])/)
}
