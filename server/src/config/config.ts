import type { Quota } from '../domain/quota.ts'
import type { Retention } from '../domain/retention.ts'
import type { GateSettings, OutgoingSettings, RatesSettings } from './gate-config.ts'
import type { SignInSettings } from './sign-in-config.ts'

/** What a process runs with: checked, complete and frozen. Sizes are bytes, times milliseconds, paths absolute. */
export interface Config {
  readonly listen: ListenAddress
  /** undefined: as many as fit the machine. */
  readonly threads: number | undefined
  readonly data: string
  /** Without a slash at its end. */
  readonly publicUrl: string | undefined
  readonly tls: TlsFiles
  readonly users: readonly User[]
  readonly access: Access
  readonly signIn: SignInSettings
  /** By namespace, `*` standing for all that have no entry of their own. Has no prototype. */
  readonly namespaces: { readonly [namespace: string]: NamespaceRules }
  readonly kinds: readonly KindSetting[]
  readonly store: StoreSettings
  readonly blobs: BlobSettings
  readonly cache: CacheSettings
  readonly search: SearchSettings
  readonly mail: MailSettings
  readonly audit: AuditSettings
  readonly gate: GateSettings
  readonly rates: RatesSettings
  readonly outgoing: OutgoingSettings
  readonly log: { readonly level: LogLevel; readonly format: LogFormat }
  readonly traces: Traces
  readonly limits: Limits
}

/** What is written of who did what, and for how long. */
export interface AuditSettings {
  readonly record: boolean
  /** undefined: for ever. */
  readonly keep: number | undefined
  readonly sealInterval: number
  readonly headInterval: number
  readonly refusalsHeld: number
  readonly refusalInterval: number
  readonly scannedEntries: number
}

export interface ListenAddress {
  /** A name or an address, IPv6 without brackets. */
  readonly host: string
  /** 0: any free one. */
  readonly port: number
}

/** PEM files. Both or neither. */
export interface TlsFiles {
  readonly cert: string | undefined
  readonly key: string | undefined
}

export interface User {
  readonly name: string
  readonly passwordHash: string
}

/** Everyone, also who gives no name, or these users. */
export type Audience = 'anyone' | readonly string[]

export interface Access {
  readonly read: Audience
  readonly write: Audience
  readonly allowAnonymousWrite: boolean
  /** Who has the first account, where it is not made by a link. */
  readonly administrator: User | undefined
  /** Of a browser that has logged in, ms. */
  readonly sessionLifetime: number
  readonly secondStepTime: number
  readonly secondStepTries: number
  readonly secondStepWait: number
  /** undefined: as `read`. */
  readonly metrics: Audience | undefined
  /** In small letters. */
  readonly hosts: readonly string[]
  readonly tokenLifetime: number
  readonly refreshLifetime: number
  readonly tokenKeyRotation: number
}

/** Where the records stand. */
export interface StoreSettings {
  /** Of PostgreSQL or MongoDB, with the password in it. undefined: SQLite in the data folder. */
  readonly url: string | undefined
  /** The PostgreSQL schema; undefined: what the server takes by itself. */
  readonly schema: string | undefined
  /** Of all threads of the process. */
  readonly connections: number
  /** URLs of copies that follow, for lists. */
  readonly replicas: readonly string[]
  readonly replicaLag: number
  /** A PEM file. */
  readonly ca: string | undefined
  readonly connectTimeout: number
  readonly queueTimeout: number
  readonly statementTimeout: number
}

export const encryptions = ['none', 'AES256', 'aws:kms'] as const
export type Encryption = (typeof encryptions)[number]

/** Where larger bytes stand. */
export interface BlobSettings {
  /** Of S3. undefined: the folder `blobs` in the data folder. */
  readonly bucket: string | undefined
  /** undefined: that of the region. */
  readonly endpoint: string | undefined
  readonly region: string
  readonly prefix: string
  readonly pathStyle: boolean
  /** Both or neither; else the usual chain is asked. */
  readonly accessKeyId: string | undefined
  readonly secretAccessKey: string | undefined
  readonly redirect: boolean
  /** undefined: `endpoint`. */
  readonly redirectEndpoint: string | undefined
  readonly encryption: Encryption
  readonly kmsKeyId: string | undefined
  /** A PEM file. */
  readonly ca: string | undefined
  readonly timeout: number
  readonly attempts: number
  readonly partBytes: number
}

/** Answers that are kept. */
export interface CacheSettings {
  /** In memory, of all threads. */
  readonly bytes: number
  /** A folder. */
  readonly disk: string | undefined
  readonly diskBytes: number
  /** A URL, with the password in it. */
  readonly redis: string | undefined
  /** A file. */
  readonly ca: string | undefined
  /** host:port, with commas between. */
  readonly memcached: string | undefined
  /** Of what is kept outside of memory. */
  readonly ttl: number
  /** How long a read waits for what is kept outside of memory. */
  readonly timeout: number
}

/** `store`: the store's own. */
export const searchEngines = ['store', 'opensearch', 'elasticsearch', 'none'] as const
export type SearchEngineName = (typeof searchEngines)[number]

/** Letters. `timeout` in ms. */
export interface MailSettings {
  /** With the password in it. undefined: what letters would say goes to the log. */
  readonly url: string | undefined
  readonly from: string
  readonly ca: string | undefined
  readonly timeout: number
}

/** What finds artifacts. Times in ms. */
export interface SearchSettings {
  readonly engine: SearchEngineName
  readonly url: string | undefined
  readonly index: string
  readonly username: string | undefined
  readonly password: string | undefined
  readonly apiKey: string | undefined
  /** A PEM file. */
  readonly ca: string | undefined
  readonly timeout: number
  readonly pause: number
  readonly interval: number
  readonly readers: number
  readonly compareInterval: number
}

export const samplers = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const
export type Sampler = (typeof samplers)[number]

/** Spans of requests, sent to an OpenTelemetry collector. */
export interface Traces {
  /** Without `/v1/traces`. undefined: none are made. */
  readonly endpoint: string | undefined
  readonly headers: Readonly<Record<string, string>>
  readonly serviceName: string
  readonly sampler: Sampler
  /** 0 to 1, for the samplers by ratio. */
  readonly samplerArg: number
}

export interface NamespaceRules {
  /** Patterns of tags with `*` for any characters; one that begins with `!` takes its tags out again. */
  readonly immutableTags: readonly string[]
  readonly quota: Quota
  readonly retention: Retention
  /** Addresses and networks; from others it is as if the namespace were not there. Absent: from anywhere. */
  readonly addresses?: readonly string[]
}

/** A kind of artifact whose documents are checked by a schema of the operator's own. */
export interface KindSetting {
  readonly name: string
  /** The file of its JSON Schema. */
  readonly schema: string
  /** One sentence. */
  readonly about: string
  /** Of the file that a source is pulled as, without the dot. */
  readonly extension: string
  /** Members of the document that name other artifacts, with what that means. */
  readonly needs: Readonly<Record<string, string>>
}

export const logLevels = ['debug', 'info', 'warn', 'error'] as const
export type LogLevel = (typeof logLevels)[number]
/** `auto`: pretty on a terminal, else json. */
export const logFormats = ['auto', 'json', 'pretty'] as const
export type LogFormat = (typeof logFormats)[number]

export interface Limits {
  readonly manifestBytes: number
  readonly linksPerManifest: number
  readonly inlineBytes: number
  readonly blobBytes: number
  readonly tagsPerPush: number
  readonly pageSize: number
  readonly tagHistoryPage: number
  readonly headerBytes: number
  readonly headerCount: number
  readonly headersTimeout: number
  readonly requestTimeout: number
  readonly idleTimeout: number
  readonly minBodyRate: number
  readonly minAnswerRate: number
  readonly keepAliveTimeout: number
  readonly connections: number
  readonly heldBodyBytes: number
  readonly heldBodyTimeout: number
  readonly uploadsInProgress: number
  readonly uploadBufferBytes: number
  readonly downloadBufferBytes: number
  readonly uploadWait: number
  readonly uploadLifetime: number
  readonly chunkMinBytes: number
  readonly commitRetries: number
  readonly graceTime: number
  readonly trashDelay: number
  readonly redirectLifetime: number
  readonly cleanupInterval: number
  readonly collectInterval: number
  readonly sweepInterval: number
  readonly jobConcurrency: number
  readonly jobAttempts: number
  readonly jobLeaseTime: number
  readonly minFreeBytes: number
  readonly reserveBytes: number
  readonly probeTime: number
  readonly probeInterval: number
  readonly retentionInterval: number
  readonly historyWindow: number
  readonly pullFlushInterval: number
  readonly pullsHeld: number
  readonly reportedItems: number
  readonly titleLength: number
  readonly textLength: number
  readonly termLength: number
  readonly termsPerArtifact: number
  readonly customBytes: number
  readonly customDepth: number
  readonly jsonNodes: number
  readonly documentBytes: number
  readonly sourceBytes: number
  readonly sourcesPerPage: number
  readonly filesPerVersion: number
  readonly versionsListed: number
  readonly dependencies: number
  readonly walkDepth: number
  readonly walkCount: number
  readonly collectionSize: number
  readonly scanTime: number
  readonly transactionTime: number
  readonly shutdownDelay: number
  readonly shutdownGrace: number
}

type Grouped =
  | 'tls'
  | 'access'
  | 'signIn'
  | 'store'
  | 'blobs'
  | 'cache'
  | 'search'
  | 'mail'
  | 'audit'
  | 'gate'
  | 'rates'
  | 'outgoing'
  | 'log'
  | 'traces'
  | 'limits'

/** Every setting by its path, such as `limits.graceTime`. */
export type ConfigKey =
  | Exclude<keyof Config, Grouped>
  | { [G in Grouped]: `${G}.${keyof Config[G] & string}` }[Grouped]

export type ConfigValue<K extends ConfigKey> = K extends keyof Config
  ? Config[K]
  : K extends `${infer G extends Grouped}.${infer N}`
    ? N extends keyof Config[G]
      ? Config[G][N]
      : never
    : never
