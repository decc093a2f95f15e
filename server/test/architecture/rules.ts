/**
 * The house's rules as data. Paths are relative to `server/src`. A path pattern that ends in `/` means the folder,
 * another one means the one file.
 */
export interface Zone {
  readonly name: string
  /** Patterns of what belongs here. A file belongs to the first zone that matches. */
  readonly paths: readonly string[]
  /** Names of the zones it may import, beside itself. Type imports count. */
  readonly imports: readonly string[]
  /** Each folder right below these is a sibling of the others; siblings meet only in a folder called `shared`. */
  readonly siblings?: readonly string[]
}

export interface Rules {
  readonly zones: readonly Zone[]
  /** Folders below `core/`, lowest first. A folder may import those of earlier rows, never its own row's others. */
  readonly coreOrder: readonly (readonly string[])[]
  /** Which ports may import which others. */
  readonly portImports: Readonly<Record<string, readonly string[]>>
  /** Third-party packages and where they may stand. */
  readonly packages: Readonly<Record<string, readonly string[]>>
  /** Built-in modules that only some may import; all others are free. */
  readonly builtins: Readonly<Record<string, readonly string[]>>
  /** Who may read the process's environment. */
  readonly environment: readonly string[]
  /** Adapters whose code loads only when it is configured: by `import()`; types may be imported as such. */
  readonly loadedOnDemand: readonly string[]
  /** Who may name such an adapter nevertheless: what people import because they want it. */
  readonly loadedAtOnce: readonly string[]
  /** Who may call `commit` of a store. */
  readonly committers: readonly string[]
  /** Tables whose rows count their changes, and the one file that may put or patch a row of them. */
  readonly changedIn: Readonly<Record<string, string>>
  /** Words that no file or folder may be named after. */
  readonly emptyNames: readonly string[]
  /** Files that hold a class which the library's users know by such a name. */
  readonly givenNames: readonly string[]
  /** The files that may be called index. */
  readonly entries: readonly string[]
  readonly lines: { readonly warn: number; readonly most: number }
}

const belowCompose = ['domain', 'ports', 'kinds', 'core']
const face = [...belowCompose, 'compose', 'http']
const underBoot = [
  'domain',
  'ports',
  'kinds',
  'core',
  'compose',
  'http',
  'config',
  'protocols',
  'api',
  'asking',
  'pages',
  'jobs',
  'library',
]

export const rules: Rules = {
  zones: [
    { name: 'domain', paths: ['domain/'], imports: [] },
    { name: 'ports', paths: ['ports/'], imports: ['domain'] },
    { name: 'kinds', paths: ['kinds/'], imports: ['domain', 'ports'], siblings: ['kinds/'] },
    { name: 'core', paths: ['core/'], imports: ['domain', 'ports', 'kinds'] },
    {
      name: 'compose',
      paths: ['boot/compose.ts', 'boot/compose/', 'boot/registry.ts', 'boot/operator.ts', 'boot/probe.ts'],
      imports: belowCompose,
    },
    { name: 'protocols', paths: ['protocols/'], imports: face, siblings: ['protocols/'] },
    // How a search is asked: by programs and by links of the page alike.
    { name: 'asking', paths: ['api/search/read-search.ts'], imports: face },
    { name: 'api', paths: ['api/'], imports: [...face, 'asking'], siblings: ['api/'] },
    { name: 'pages', paths: ['pages/'], imports: [...face, 'asking'], siblings: ['pages/'] },
    { name: 'jobs', paths: ['jobs/'], imports: [...belowCompose, 'compose'], siblings: ['jobs/'] },
    {
      name: 'engines',
      paths: ['library/engines/', 'library/engine.ts', 'library/needed-node.ts'],
      imports: [...belowCompose, 'compose', 'schema', 'adapters', 'library'],
    },
    { name: 'library', paths: ['library/'], imports: [...belowCompose, 'compose', 'jobs', 'engines'] },
    { name: 'schema', paths: ['boot/schema.ts'], imports: ['domain', 'ports', 'core', 'adapters'] },
    {
      name: 'adapters',
      paths: ['adapters/'],
      imports: ['domain', 'ports'],
      siblings: ['adapters/', 'adapters/*/'],
    },
    { name: 'config', paths: ['config/'], imports: ['domain'] },
    { name: 'http', paths: ['http/'], imports: ['domain'] },
    { name: 'boot', paths: ['boot/'], imports: [...underBoot, 'schema', 'adapters'] },
    { name: 'cli', paths: ['cli/'], imports: [...underBoot, 'schema', 'boot'] },
  ],
  coreOrder: [
    ['ledger'],
    ['access', 'policy', 'cache', 'events', 'journal'],
    ['content'],
    ['catalog'],
    ['artifacts'],
    ['publish', 'resolve', 'search'],
    ['audit'],
    ['authoring'],
    ['seed'],
    ['gc'],
    ['care'],
  ],
  portImports: { journal: ['store'] },
  packages: {
    nodemailer: ['adapters/mail/smtp/'],
    '@zxcvbn-ts/language-common': ['adapters/identity/listed-passwords/'],
    mongodb: [
      'adapters/store/mongodb/',
      'adapters/search/mongodb/',
      'adapters/shared/mongodb-connect.ts',
      'adapters/shared/mongodb-store-error-of.ts',
    ],
    yaml: ['config/'],
    jose: ['adapters/identity/'],
    otpauth: ['adapters/identity/otpauth/'],
    '@simplewebauthn/server': ['adapters/identity/simplewebauthn/'],
    uqr: ['pages/account/'],
    'openid-client': ['adapters/identity/openid/'],
    typebox: ['kinds/'],
    'any-ascii': ['core/artifacts/'],
    diff: ['core/artifacts/'],
    semver: ['core/artifacts/', 'core/search/', 'library/'],
    pg: [
      'adapters/store/postgresql/',
      'adapters/search/postgresql/',
      'adapters/shared/postgresql-address.ts',
      'adapters/shared/postgresql-pooled-client.ts',
      'adapters/shared/postgresql-store-error-of.ts',
      'adapters/shared/postgresql-url-parameters.ts',
    ],
    '@opensearch-project/opensearch': ['adapters/search/opensearch/'],
    '@elastic/elasticsearch': ['adapters/search/elasticsearch/'],
    stemmer: ['core/search/'],
    pino: ['adapters/telemetry/pino/'],
    'lru-cache': ['adapters/cache/memory/'],
    redis: ['adapters/cache/redis/', 'adapters/rates/redis/'],
    memjs: ['adapters/cache/memcached/'],
    '@aws-sdk/client-s3': ['adapters/blobs/s3/'],
    '@aws-sdk/s3-request-presigner': ['adapters/blobs/s3/'],
    '@opentelemetry/api': ['adapters/telemetry/otel/'],
    '@opentelemetry/exporter-trace-otlp-http': ['adapters/telemetry/otel/'],
    '@opentelemetry/resources': ['adapters/telemetry/otel/'],
    '@opentelemetry/sdk-trace': ['adapters/telemetry/otel/'],
  },
  builtins: {
    sqlite: ['adapters/store/sqlite/', 'adapters/search/sqlite/'],
    // What users have named is asked in one place.
    http: ['http/', 'boot/', 'cli/', 'adapters/outgoing/'],
    https: ['http/', 'boot/', 'cli/', 'adapters/outgoing/'],
    http2: ['http/', 'boot/', 'cli/'],
    // Addresses are told apart without a network.
    net: ['http/', 'boot/', 'cli/', 'adapters/outgoing/', 'domain/address-ranges.ts', 'domain/network-of.ts'],
    tls: ['http/', 'boot/', 'cli/'],
  },
  environment: ['config/'],
  loadedOnDemand: [
    'adapters/store/',
    'adapters/blobs/',
    'adapters/cache/',
    'adapters/search/',
    'adapters/rates/redis/',
    'adapters/telemetry/otel/',
  ],
  loadedAtOnce: ['library/engines/memory-cache.ts'],
  committers: [
    'core/ledger/',
    // A decorator of the store: it passes batches on and tells the caches.
    'core/cache/generations.ts',
    // Another one: it notes which rows a transaction has seen. And its batches, kept or passed on.
    'library/transaction/',
    // Another one: it times them.
    'boot/instrument/instrument-store.ts',
    // Cases that end transactions of the public face, which are called so there.
    'library/backend-suite/',
    // Its rows are its own; whoever hands out jobs appends them through the ledger.
    'adapters/journal/',
    'adapters/store/',
    'ports/store/',
  ],
  changedIn: { artifacts: 'core/artifacts/write-artifact.ts' },
  emptyNames: ['util', 'utils', 'helper', 'helpers', 'common', 'misc', 'manager', 'managers'],
  givenNames: ['library/registry-manager.ts', 'library/semver-manager.ts'],
  entries: ['library/index.ts'],
  lines: { warn: 300, most: 500 },
}
