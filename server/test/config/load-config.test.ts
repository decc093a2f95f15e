import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Config } from '../../src/config/config.ts'
import { type LoadedConfig, loadConfig } from '../../src/config/load-config.ts'
import { describeMistake } from '../../src/config/mistake.ts'
import { writersOf } from '../../src/config/writers-of.ts'
import { type GivenConfig, inputOf } from './given-config.ts'

const hash = `$scrypt$ln=15,r=8,p=1$${'A'.repeat(22)}$${'A'.repeat(43)}`

function load(given: GivenConfig): LoadedConfig {
  const loaded = loadConfig(inputOf(given))
  assert.ok(!('mistakes' in loaded), JSON.stringify(loaded))
  return loaded
}

function mistakes(given: GivenConfig): string[] {
  const loaded = loadConfig(inputOf(given))
  assert.ok('mistakes' in loaded, 'it was taken')
  return loaded.mistakes.map(describeMistake)
}

const defaults: Config = {
  listen: { host: '127.0.0.1', port: 7070 },
  threads: undefined,
  data: '/here/lading-data',
  publicUrl: undefined,
  tls: { cert: undefined, key: undefined },
  users: [],
  access: {
    read: 'anyone',
    write: 'anyone',
    allowAnonymousWrite: false,
    administrator: undefined,
    sessionLifetime: 604_800_000,
    secondStepTime: 600_000,
    secondStepTries: 5,
    secondStepWait: 3_600_000,
    metrics: undefined,
    hosts: [],
    tokenLifetime: 300_000,
    refreshLifetime: 30 * 86_400_000,
    tokenKeyRotation: 30 * 86_400_000,
  },
  signIn: {
    providers: [],
    workloads: [],
    timeout: 10_000,
    deviceCodeLifetime: 600_000,
    deviceKeyLifetime: 7_776_000_000,
  },
  namespaces: Object.create(null),
  kinds: [],
  store: {
    url: undefined,
    schema: undefined,
    connections: 20,
    replicas: [],
    replicaLag: 5000,
    ca: undefined,
    connectTimeout: 5000,
    queueTimeout: 5000,
    statementTimeout: 30_000,
  },
  blobs: {
    bucket: undefined,
    endpoint: undefined,
    region: 'us-east-1',
    prefix: '',
    pathStyle: false,
    accessKeyId: undefined,
    secretAccessKey: undefined,
    redirect: false,
    redirectEndpoint: undefined,
    encryption: 'none',
    kmsKeyId: undefined,
    ca: undefined,
    timeout: 30_000,
    attempts: 4,
    partBytes: 8_388_608,
  },
  cache: {
    bytes: 134_217_728,
    disk: undefined,
    diskBytes: 1_073_741_824,
    redis: undefined,
    ca: undefined,
    memcached: undefined,
    ttl: 3_600_000,
    timeout: 20,
  },
  mail: { url: undefined, from: 'Lading <lading@localhost>', ca: undefined, timeout: 10_000 },
  search: {
    engine: 'store',
    url: undefined,
    index: 'lading',
    username: undefined,
    password: undefined,
    apiKey: undefined,
    ca: undefined,
    timeout: 2_000,
    pause: 5_000,
    interval: 500,
    readers: 1,
    compareInterval: 3_600_000,
  },
  audit: {
    record: true,
    keep: undefined,
    sealInterval: 2_000,
    headInterval: 3_600_000,
    refusalsHeld: 400,
    refusalInterval: 1_000,
    scannedEntries: 10_000,
  },
  gate: {
    proxies: [],
    proxyHeader: 'x-forwarded',
    corsOrigins: [],
    corsMaxAge: 600_000,
    strictTransport: undefined,
  },
  rates: {
    redis: undefined,
    ca: undefined,
    timeout: 250,
    anonymousReads: 'off',
    anonymousWrites: 'off',
    anonymousSearches: 'off',
    anonymousLogins: 'off',
    reads: 'off',
    writes: 'off',
    searches: 'off',
    logins: 'off',
    wrongPasswordsFrom: { tokens: 60, periodMs: 600_000 },
    wrongPasswordsFor: { tokens: 20, periodMs: 600_000 },
  },
  outgoing: { ca: undefined, allow: [], timeout: 10_000, bytes: 1_048_576, redirects: 3 },
  log: { level: 'info', format: 'auto' },
  traces: {
    endpoint: undefined,
    headers: {},
    serviceName: 'lading',
    sampler: 'parentbased_always_on',
    samplerArg: 1,
  },
  limits: {
    manifestBytes: 8_388_608,
    linksPerManifest: 400,
    inlineBytes: 65_536,
    blobBytes: 1_099_511_627_776,
    tagsPerPush: 30,
    pageSize: 1000,
    tagHistoryPage: 100,
    headerBytes: 16_384,
    headerCount: 100,
    headersTimeout: 30_000,
    requestTimeout: 604_800_000,
    idleTimeout: 120_000,
    minBodyRate: 128,
    minAnswerRate: 128,
    keepAliveTimeout: 75_000,
    connections: 4096,
    heldBodyBytes: 134_217_728,
    heldBodyTimeout: 60_000,
    uploadsInProgress: 1000,
    uploadBufferBytes: 67_108_864,
    downloadBufferBytes: 67_108_864,
    uploadWait: 5000,
    uploadLifetime: 86_400_000,
    chunkMinBytes: 0,
    commitRetries: 100,
    graceTime: 86_400_000,
    trashDelay: 3_600_000,
    redirectLifetime: 600_000,
    cleanupInterval: 300_000,
    collectInterval: 3_600_000,
    sweepInterval: 3_600_000,
    retentionInterval: 3_600_000,
    historyWindow: 2_592_000_000,
    pullFlushInterval: 5_000,
    pullsHeld: 10_000,
    reportedItems: 1000,
    titleLength: 200,
    textLength: 10_000,
    termLength: 100,
    termsPerArtifact: 50,
    customBytes: 65_536,
    customDepth: 16,
    jsonNodes: 100_000,
    documentBytes: 1_048_576,
    sourceBytes: 67_108_864,
    sourcesPerPage: 268_435_456,
    filesPerVersion: 100,
    versionsListed: 10_000,
    dependencies: 200,
    walkDepth: 32,
    walkCount: 10_000,
    collectionSize: 1000,
    scanTime: 5_000,
    transactionTime: 30_000,
    jobConcurrency: 2,
    jobAttempts: 10,
    jobLeaseTime: 60_000,
    minFreeBytes: 268_435_456,
    reserveBytes: 16_777_216,
    probeTime: 5_000,
    probeInterval: 10_000,
    shutdownDelay: 0,
    shutdownGrace: 30_000,
  },
}

test('nothing given: the defaults, frozen throughout', () => {
  const { config, sources, file } = load({})
  assert.deepEqual(config, defaults)
  assert.ok([config, config.listen, config.users, config.access, config.limits].every(Object.isFrozen))
  assert.ok(Object.values(sources).every(({ from, where }) => from === 'default' && where === ''))
  assert.equal(file, undefined)
})

test('flags come before the environment, before the file, before defaults, and each value says whence', () => {
  const file = 'data: file\nlog:\n  level: debug\nlimits:\n  graceTime: 1h\n  pageSize: 7'
  const { config, sources } = load({
    flags: { 'limits-grace-time': '3h' },
    env: { LADING_LIMITS_GRACE_TIME: '2h', LADING_LIMITS_PAGE_SIZE: '8', LADING_LOG_FORMAT: '' },
    files: { '/here/lading.yaml': file },
  })
  assert.deepEqual(config, {
    ...defaults,
    data: '/here/file',
    log: { level: 'debug', format: 'auto' },
    limits: { ...defaults.limits, graceTime: 10_800_000, pageSize: 8 },
  })
  assert.deepEqual(sources['limits.graceTime'], { from: 'flag', where: '--limits-grace-time' })
  assert.deepEqual(sources['limits.pageSize'], { from: 'environment', where: 'LADING_LIMITS_PAGE_SIZE' })
  assert.deepEqual(sources['log.level'], { from: 'file', where: 'lading.yaml:3' })
  assert.deepEqual(sources['log.format'], { from: 'default', where: '' })
})

test('--config, then LADING_CONFIG, name the file; paths in it start from its folder', () => {
  const files = { '/etc/a.yaml': 'data: here', '/etc/b.json': '{\n\t"data": "there"\n}' }
  const byFlag = load({ flags: { config: '/etc/a.yaml' }, env: { LADING_CONFIG: '/etc/b.json' }, files })
  assert.deepEqual([byFlag.config.data, byFlag.file], ['/etc/here', '/etc/a.yaml'])
  const byVariable = load({ env: { LADING_CONFIG: '../etc/b.json' }, files })
  assert.deepEqual([byVariable.config.data, byVariable.file], ['/etc/there', '/etc/b.json'])
  assert.deepEqual(mistakes({ env: { LADING_CONFIG: 'none.yaml' } }), [
    'LADING_CONFIG: /here/none.yaml cannot be read: there is no such file',
  ])
})

test('all of an operator’s file', () => {
  const { config } = load({
    files: {
      '/here/lading.yaml': [
        'listen: "[::]:5000"',
        'publicUrl: https://registry.example.com/',
        'tls: { cert: tls.crt, key: tls.key }',
        `users: [{ name: alice, passwordHash: "${hash}" }]`,
        'access: { read: anyone, write: [alice] }',
        'namespaces: { "*": { immutableTags: ["v*", "!*-rc*"] }, acme: {} }',
        'cache: { bytes: 0 }',
      ].join('\n'),
      '/here/tls.crt': '-----BEGIN CERTIFICATE-----',
      '/here/tls.key': '-----BEGIN PRIVATE KEY-----',
    },
  })
  assert.deepEqual(config, {
    ...defaults,
    listen: { host: '::', port: 5000 },
    publicUrl: 'https://registry.example.com',
    tls: { cert: '/here/tls.crt', key: '/here/tls.key' },
    users: [{ name: 'alice', passwordHash: hash }],
    access: {
      read: 'anyone',
      write: ['alice'],
      allowAnonymousWrite: false,
      administrator: undefined,
      sessionLifetime: 604_800_000,
      secondStepTime: 600_000,
      secondStepTries: 5,
      secondStepWait: 3_600_000,
      metrics: undefined,
      hosts: [],
      tokenLifetime: 300_000,
      refreshLifetime: 30 * 86_400_000,
      tokenKeyRotation: 30 * 86_400_000,
    },
    namespaces: Object.assign(Object.create(null), {
      '*': { immutableTags: ['v*', '!*-rc*'], quota: {}, retention: { tags: [] } },
      acme: { immutableTags: [], quota: {}, retention: { tags: [] } },
    }),
    cache: { ...defaults.cache, bytes: 0 },
  })
})

test('all of it in the environment, as a container has it', () => {
  const { config } = load({
    env: {
      LADING_LISTEN: '0.0.0.0:80',
      LADING_USERS: JSON.stringify([{ name: 'alice', passwordHash: hash }]),
      LADING_ACCESS_WRITE: 'alice',
      LADING_ACCESS_READ: 'alice, alice',
      LADING_NAMESPACES: '{"acme":{"immutableTags":["*"]}}',
      // What Kubernetes sets for a Service of that name.
      LADING_SERVICE_HOST: '10.0.0.1',
      LADING_PORT: 'tcp://10.0.0.1:80',
      LADING_PORT_80_TCP: 'tcp://10.0.0.1:80',
    },
  })
  assert.deepEqual(config, {
    ...defaults,
    listen: { host: '0.0.0.0', port: 80 },
    users: [{ name: 'alice', passwordHash: hash }],
    access: {
      read: ['alice'],
      write: ['alice'],
      allowAnonymousWrite: false,
      administrator: undefined,
      sessionLifetime: 604_800_000,
      secondStepTime: 600_000,
      secondStepTries: 5,
      secondStepWait: 3_600_000,
      metrics: undefined,
      hosts: [],
      tokenLifetime: 300_000,
      refreshLifetime: 30 * 86_400_000,
      tokenKeyRotation: 30 * 86_400_000,
    },
    namespaces: Object.assign(Object.create(null), {
      acme: { immutableTags: ['*'], quota: {}, retention: { tags: [] } },
    }),
  })
})

test('every mistake is told at once, with its place and what was meant', () => {
  const file = [
    'listen: 7070',
    'limits:',
    '  manfestBytes: 8 MiB',
    '  graceTime: 5 parsecs',
    '  manifestBytes: 1 MiB',
    'users:',
    '  - name: bob',
    '    passwordHash: hunter2',
    'pageSize: 4',
    'cache: 12',
    'namespaces: { Acme: {} }',
  ].join('\n')
  const told = mistakes({
    flags: { 'log-levle': 'debug', 'limits-page-size': 'many' },
    env: { LADING_LISTN: 'x', LADING_USERS: '[' },
    files: { '/here/lading.yaml': file },
  })
  const expected: RegExp[] = [
    /^--log-levle: there is no such flag; did you mean log-level\?$/,
    /^LADING_LISTN: there is no such setting; did you mean LADING_LISTEN\?$/,
    /^lading\.yaml:3: there is no setting "limits\.manfestBytes"; did you mean limits\.manifestBytes\?$/,
    /^lading\.yaml:9: there is no setting "pageSize"; did you mean limits\.pageSize\?$/,
    /^lading\.yaml:10: cache wants settings within it, such as cache\.bytes$/,
    /^lading\.yaml:1: listen wants host:port, such as 127\.0\.0\.1:7070 .*: the host is missing$/,
    /^LADING_USERS: users wants a list of users, .* as JSON or YAML: /,
    /^lading\.yaml:8: users\[0\]\.passwordHash wants for bob a passwordHash made by `lading passwd bob`: /,
    /^lading\.yaml:11: namespaces\.Acme wants a namespace or \*, not "Acme": /,
    /^lading\.yaml:5: limits\.manifestBytes is "1 MiB", under the least of 4 MiB$/,
    /^--limits-page-size: limits\.pageSize wants a whole number from 1 to 1000, not "many"$/,
    /^lading\.yaml:4: limits\.graceTime wants a time with its unit .* such as 30s, 15m or 24h, not "5 parsecs"$/,
  ]
  assert.equal(told.length, expected.length, told.join('\n'))
  for (const [at, pattern] of expected.entries()) assert.match(told[at]!, pattern)
  assert.ok(!told.join().includes('hunter2'), 'a password was shown')
})

test('what is not YAML is told with its line', () => {
  for (const text of ['a: [', 'listen: a\nlisten: b', 'data: *nothing', 'namespaces: { a: !tag x }']) {
    const told = mistakes({ files: { '/here/lading.yaml': text } })
    assert.ok(told.length > 0 && told.every((mistake) => mistake.startsWith('lading.yaml')), told.join('\n'))
  }
  assert.match(
    mistakes({ files: { '/here/lading.yaml': '- listen' } })[0]!,
    /^lading\.yaml:1: wants settings/,
  )
})

test('an empty file, an empty section and an empty setting leave the defaults', () => {
  for (const text of ['', '# nothing\n', 'limits:\n', 'data:\naccess:\n  # write: []\n', '{}']) {
    assert.deepEqual(load({ files: { '/here/lading.yaml': text } }).config, defaults, text)
  }
})

test('nobody writes by default wherever other machines reach, and users there are asked about, unless it is said to be meant', () => {
  for (const listen of [
    '0.0.0.0:7070',
    '[::]:7070',
    '192.0.2.1:80',
    'registry.example.com:80',
    '[::ffff:192.0.2.1]:1',
  ]) {
    const users = `[{name: a, passwordHash: "${hash}"}]`
    const told = mistakes({ flags: { listen, users } })
    assert.equal(told.length, 1)
    assert.match(
      told[0]!,
      /^--listen: .*there are users, and access\.write is anyone: .*access\.allowAnonymousWrite/,
    )
    load({ flags: { listen, users, 'access-allow-anonymous-write': 'true' } })
    load({ flags: { listen, users, 'access-write': 'a' } })
    assert.deepEqual(writersOf(load({ flags: { listen } }).config), [])
  }
  for (const listen of [
    '127.0.0.1:0',
    '127.9.9.9:1',
    '[::1]:7070',
    'localhost:7070',
    '[::ffff:127.0.0.1]:1',
  ]) {
    assert.equal(writersOf(load({ flags: { listen } }).config), 'anyone')
  }
})

test('names without a user, users twice, and half a TLS pair are mistakes', () => {
  const users = `users: [{ name: alice, passwordHash: "${hash}" }]\n`
  const cases: [text: string, told: RegExp][] = [
    [
      'access: { write: [alcie] }',
      /^lading\.yaml:2: access\.write names alcie, who is not in users; did you mean alice\?$/,
    ],
    [
      'access: { read: [alice] }',
      /^lading\.yaml:2: access\.read names users, but access\.write lets anyone write, .* set access\.write too$/,
    ],
    [
      'access: { read: [carol], write: [alice] }',
      /^lading\.yaml:2: access\.read names carol, .* `lading passwd carol`$/,
    ],
    ['access: { read: [anyone, alice] }', /^lading\.yaml:2: access\.read\[0\] wants "anyone" alone/],
    ['tls: { key: pem }', /^lading\.yaml:2: tls\.key wants tls\.cert with it/],
    [
      'tls: { key: pem, cert: empty }',
      /^lading\.yaml:2: tls\.cert wants a PEM file: \/here\/empty has no "-----BEGIN"/,
    ],
    [
      'tls: { key: pem, cert: gone }',
      /^lading\.yaml:2: tls\.cert wants a PEM file: \/here\/gone cannot be read/,
    ],
  ]
  for (const [text, told] of cases) {
    const files = { '/here/lading.yaml': users + text, '/here/pem': '-----BEGIN X', '/here/empty': '' }
    const all = mistakes({ files })
    assert.equal(all.length, 1, all.join('\n'))
    assert.match(all[0]!, told)
  }
  const twice = `users:\n  - { name: a, passwordHash: "${hash}" }\n  - { name: a, passwordHash: "${hash}" }`
  assert.deepEqual(mistakes({ files: { '/here/lading.yaml': twice } }), [
    'lading.yaml:3: users[1].name names the user a a second time',
  ])
})

test('a setting that is there no more is told with what has taken its place', () => {
  const told = mistakes({
    env: { LADING_ACCESS_FIRST_USER: 'writer' },
    files: { '/here/lading.yaml': 'access:\n  firstUser: writer\n  read: anyone\n' },
  })
  assert.equal(told.length, 2, told.join('\n'))
  assert.match(told[0]!, /^LADING_ACCESS_FIRST_USER: access\.firstUser is there no more, take it out: /)
  assert.match(told[1]!, /^lading\.yaml:2: access\.firstUser is there no more, take it out: /)
  for (const one of told)
    assert.match(
      one,
      /link that the start prints, or by access\.administrator \(LADING_ACCESS_ADMINISTRATOR\)/,
    )
})
