import { audience, nameOfUser, users } from './access-types.ts'
import { type ConfigKey, type ConfigValue, logFormats, logLevels } from './config.ts'
import { kinds } from './kind-types.ts'
import { namespaceRules } from './namespace-types.ts'
import { hostNames, listenAddress, path, webAddress } from './place-types.ts'
import { byteSize, choice, count, duration, yesOrNo } from './scalar-types.ts'
import type { SettingType } from './setting-type.ts'
import { collectorAddress, headerPairs, ratio, sampler, serviceName } from './trace-types.ts'

export interface Setting<T> {
  readonly type: SettingType<Exclude<T, undefined>>
  /** As it would be written in a file. Absent: without it the value is undefined. */
  readonly default?: unknown
  /** A variable that other programs of its trade read too; the setting's own goes before it. */
  readonly alsoNamed?: string
  /** One sentence. */
  readonly about: string
}

const kib = 1024
const mib = 1024 * kib
const gib = 1024 * mib
const tib = 1024 * gib
const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour
const week = 7 * day

/** Everything that can be set. Checks, flags, `lading config` and the reference page are made from it. */
export const settings: { readonly [K in ConfigKey]: Setting<ConfigValue<K>> } = {
  listen: {
    type: listenAddress,
    default: '127.0.0.1:7070',
    about: 'Where to listen. Addresses that other machines reach want users, see access.write.',
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
  'access.write': { type: audience, default: 'anyone', about: 'Who may push and delete.' },
  'access.allowAnonymousWrite': {
    type: yesOrNo,
    default: false,
    about: 'Lets anyone write although other machines reach the registry; only for networks that you trust.',
  },
  'access.firstUser': {
    type: nameOfUser,
    about:
      'Where there are no users: who is made at the first start, with a password that is printed once, and may write where access.write names nobody.',
  },
  'access.metrics': {
    type: audience,
    about: 'Who may read /metrics; those of access.read where it is not set.',
  },
  'access.hosts': {
    type: hostNames,
    default: [],
    about:
      'Names beside that of publicUrl by which a page in a browser may call a registry that listens on its own machine alone.',
  },
  namespaces: {
    type: namespaceRules,
    default: {},
    about:
      'Rules for the repositories of a namespace, * for those without rules of their own. immutableTags: tags that cannot be moved or deleted once they exist.',
  },
  kinds: {
    type: kinds,
    default: [],
    about:
      'Kinds of artifacts beside those that Lading knows: name and schema, a file with the JSON Schema of their documents; about, extension of their sources, and needs, the members that name other artifacts.',
  },
  'cache.bytes': {
    type: byteSize({ min: 0, max: 64 * gib }),
    default: '128 MiB',
    about: 'Memory for manifests and small blobs that are pulled often; 0 keeps none.',
  },
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
  'limits.manifestBytes': {
    type: byteSize({ min: 4 * mib, max: 64 * mib }),
    default: '8 MiB',
    about: 'The largest manifest.',
  },
  'limits.linksPerManifest': {
    type: count({ min: 1, max: 400 }),
    default: 400,
    about: 'How many blobs and manifests one manifest may name.',
  },
  'limits.inlineBytes': {
    type: byteSize({ min: 0, max: 64 * kib }),
    default: '64 KiB',
    about: 'Content up to this size stands in the database and has no file of its own.',
  },
  'limits.blobBytes': {
    type: byteSize({ min: mib, max: 1024 * tib }),
    default: '1 TiB',
    about: 'The largest blob.',
  },
  'limits.tagsPerPush': {
    type: count({ min: 1, max: 30 }),
    default: 30,
    about: 'How many tags one push of a manifest may set.',
  },
  'limits.pageSize': {
    type: count({ min: 1, max: 1000 }),
    default: 1000,
    about: 'The most entries of a list (tags, repositories, referrers) in one answer.',
  },
  'limits.tagHistoryPage': {
    type: count({ min: 1, max: 1000 }),
    default: 100,
    about: 'The most entries of a tag’s history in one answer.',
  },
  'limits.headerBytes': {
    type: byteSize({ min: 8 * kib, max: mib }),
    default: '16 KiB',
    about: 'The most bytes of all headers of one request.',
  },
  'limits.headerCount': {
    type: count({ min: 20, max: 2000 }),
    default: 100,
    about: 'The most headers of one request.',
  },
  'limits.headersTimeout': {
    type: duration({ min: second, max: hour }),
    default: '30s',
    about: 'How long a request may take to send its headers, and a connection to become secure.',
  },
  'limits.requestTimeout': {
    type: duration({ min: second, max: week }),
    default: '7d',
    about: 'How long a request may take to arrive as a whole, its body included.',
  },
  'limits.idleTimeout': {
    type: duration({ min: second, max: day }),
    default: '2m',
    about: 'How long a request may stand still, no byte moving either way.',
  },
  'limits.minBodyRate': {
    type: byteSize({ min: 0, max: mib }),
    default: '128 B',
    about:
      'The fewest bytes a second that a body may bring on average over limits.idleTimeout; 0 asks for none.',
  },
  'limits.keepAliveTimeout': {
    type: duration({ min: second, max: hour }),
    default: '75s',
    about: 'How long a connection is kept open between requests.',
  },
  'limits.connections': {
    type: count({ min: 1, max: 1_000_000 }),
    default: 4096,
    about:
      'How many connections may be open at once, as far as the process may open files for them; more are told to come back.',
  },
  'limits.heldBodyBytes': {
    type: byteSize({ min: 4 * mib, max: 64 * gib }),
    default: '128 MiB',
    about:
      'Memory for bodies that are held whole, those of manifests, all requests together; more are told to come back.',
  },
  'limits.heldBodyTimeout': {
    type: duration({ min: second, max: hour }),
    default: '1m',
    about: 'How long such a body may take to arrive.',
  },
  'limits.uploadsInProgress': {
    type: count({ min: 1, max: 1_000_000 }),
    default: 1000,
    about: 'How many requests may write to uploads at a time; more are told to come back.',
  },
  'limits.uploadBufferBytes': {
    type: byteSize({ min: 0, max: 64 * gib }),
    default: '64 MiB',
    about:
      'Memory for bytes on their way to files, 1 MiB for an upload or two; beyond it they are written piece by piece as they come.',
  },
  'limits.downloadBufferBytes': {
    type: byteSize({ min: 0, max: 64 * gib }),
    default: '64 MiB',
    about:
      'Memory for bytes on their way from files, 2 MiB for a download or two; beyond it each goes on with 32 KiB.',
  },
  'limits.uploadWait': {
    type: duration({ min: 0, max: 5 * minute }),
    default: '5s',
    about: 'How long a request waits for another one that writes to the same upload.',
  },
  'limits.uploadLifetime': {
    type: duration({ min: minute, max: 4 * week }),
    default: '24h',
    about: 'How long an unfinished upload is kept after its last byte.',
  },
  'limits.chunkMinBytes': {
    type: byteSize({ min: 0, max: gib }),
    default: 0,
    about: 'The smallest chunk of an upload that clients are asked for; 0 asks for none.',
  },
  'limits.commitRetries': {
    type: count({ min: 0, max: 1000 }),
    default: 100,
    about: 'How often a change is tried again that lost a race against another.',
  },
  'limits.graceTime': {
    type: duration({ min: second, max: 52 * week }),
    default: '24h',
    about: 'How long content is kept that nothing names.',
  },
  'limits.trashDelay': {
    type: duration({ min: second, max: 4 * week }),
    default: '1h',
    about: 'How long the bytes of deleted content stay on disk, for readers who began before.',
  },
  'limits.cleanupInterval': {
    type: duration({ min: second, max: 4 * week }),
    default: '5m',
    about:
      'How long after one look for expired uploads, and for bytes whose time in the trash is over, the next follows.',
  },
  'limits.collectInterval': {
    type: duration({ min: second, max: 4 * week }),
    default: '1h',
    about: 'How long after one look for content that nothing names the next follows.',
  },
  'limits.sweepInterval': {
    type: duration({ min: second, max: 4 * week }),
    default: '1h',
    about: 'How long after one look for files that no record knows the next follows.',
  },
  'limits.retentionInterval': {
    type: duration({ min: second, max: 4 * week }),
    default: '1h',
    about: 'How long after one look for what the retention rules let go the next follows.',
  },
  'limits.historyWindow': {
    type: duration({ min: hour, max: 1000 * week }),
    default: '30d',
    about:
      'How long after a tag was moved or deleted its history keeps what it named, so that the tag can go back to it.',
  },
  'limits.pullFlushInterval': {
    type: duration({ min: 10, max: hour }),
    default: '5s',
    about: 'How often counted pulls are written; those since the last time are lost with the process.',
  },
  'limits.pullsHeld': {
    type: count({ min: 1, max: 1_000_000 }),
    default: 10_000,
    about: 'For how many manifests pulls are counted in memory before they are written early.',
  },
  'limits.reportedItems': {
    type: count({ min: 0, max: 100_000 }),
    default: 1000,
    about: 'How much of what goes a report of lading gc names one by one; the rest is counted.',
  },
  'limits.titleLength': {
    type: count({ min: 1, max: 1000 }),
    default: 200,
    about: 'Characters of an artifact’s title, and of each other field of one line.',
  },
  'limits.textLength': {
    type: count({ min: 1, max: 100_000 }),
    default: 10_000,
    about: 'Characters of an artifact’s description, and of a version’s changelog.',
  },
  'limits.termLength': {
    type: count({ min: 1, max: 1000 }),
    default: 100,
    about: 'Characters of one topic, keyword, capability or skill.',
  },
  'limits.termsPerArtifact': {
    type: count({ min: 0, max: 50 }),
    default: 50,
    about: 'How many topics an artifact may have, and how many keywords, capabilities and skills.',
  },
  'limits.customBytes': {
    type: byteSize({ min: 0, max: mib }),
    default: '64 KiB',
    about: 'Custom fields of an artifact, all together.',
  },
  'limits.customDepth': {
    type: count({ min: 1, max: 64 }),
    default: 16,
    about: 'How deep custom fields and documents of artifacts may be nested.',
  },
  'limits.jsonNodes': {
    type: count({ min: 1, max: 10_000_000 }),
    default: 100_000,
    about:
      'How many values the custom fields, the document or the AST of an artifact may have that a program gives to the library: they are copied in one go.',
  },
  'limits.documentBytes': {
    type: byteSize({ min: kib, max: 16 * mib }),
    default: '1 MiB',
    about: 'The document of one version of an artifact.',
  },
  'limits.sourceBytes': {
    type: byteSize({ min: kib, max: gib }),
    default: '64 MiB',
    about: 'The source of one version of an artifact: it is held in memory.',
  },
  'limits.sourcesPerPage': {
    type: byteSize({ min: kib, max: 16 * gib }),
    default: '256 MiB',
    about:
      'The sources of all artifacts on one page of a list: they are held in memory. A page of one may have more, up to limits.sourceBytes.',
  },
  'limits.filesPerVersion': {
    type: count({ min: 0, max: 100 }),
    default: 100,
    about:
      'How many files one version of an artifact may have beside its source; together they are bounded by limits.sourceBytes.',
  },
  'limits.versionsListed': {
    type: count({ min: 1, max: 1_000_000 }),
    default: 10_000,
    about: 'Versions of one artifact in a list of them: the highest. Others are found by their number.',
  },
  'limits.dependencies': {
    type: count({ min: 0, max: 200 }),
    default: 200,
    about: 'How many others one version of an artifact may need.',
  },
  'limits.walkDepth': {
    type: count({ min: 1, max: 1000 }),
    default: 32,
    about: 'How far dependencies of dependencies are followed.',
  },
  'limits.walkCount': {
    type: count({ min: 1, max: 1_000_000 }),
    default: 10_000,
    about: 'How many dependencies one walk tells of.',
  },
  'limits.collectionSize': {
    type: count({ min: 1, max: 1000 }),
    default: 1000,
    about: 'How many artifacts one collection may have.',
  },
  'limits.scanTime': {
    type: duration({ min: 10, max: 5 * minute }),
    default: '5s',
    about: 'For so long artifacts are looked for that no index narrows down.',
  },
  'limits.transactionTime': {
    type: duration({ min: second, max: hour }),
    default: '30s',
    about: 'After this time a transaction that nobody has ended is rolled back.',
  },
  'limits.jobConcurrency': {
    type: count({ min: 1, max: 64 }),
    default: 2,
    about: 'How many background jobs run at a time.',
  },
  'limits.jobAttempts': {
    type: count({ min: 1, max: 100 }),
    default: 10,
    about: 'How often a background job is tried before it is set aside as dead.',
  },
  'limits.jobLeaseTime': {
    type: duration({ min: second, max: hour }),
    default: '1m',
    about: 'How long a background job belongs to its process without a sign of life.',
  },
  'limits.minFreeBytes': {
    type: byteSize({ min: 0, max: 1024 * tib }),
    default: '256 MiB',
    about:
      'Pushes are refused while less than this is free on a disk of the data folder; pulls and deletions go on.',
  },
  'limits.reserveBytes': {
    type: byteSize({ min: 0, max: gib }),
    default: '16 MiB',
    about:
      'Space that is held back in the data folder and given up when its disk is full, so that deletions can still be recorded.',
  },
  'limits.probeTime': {
    type: duration({ min: 10, max: hour }),
    default: '5s',
    about: 'How long a part may take to answer before /readyz calls it slow.',
  },
  'limits.probeInterval': {
    type: duration({ min: 0, max: hour }),
    default: '10s',
    about: 'For how long /readyz tells what it has found before it tries the disk again.',
  },
  'limits.shutdownGrace': {
    type: duration({ min: 0, max: hour }),
    default: '30s',
    about: 'How long requests, and what runs for an operator, may go on after the process was asked to stop.',
  },
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
