import type { ConfigKey } from './config.ts'
import { byteSize, count, duration } from './scalar-types.ts'
import type { Settings } from './setting.ts'
import { day, gib, hour, kib, mib, minute, second, tib, week } from './units.ts'

export const limitSettings: Settings<Extract<ConfigKey, `limits.${string}`>> = {
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
    about: 'The largest blob. In a bucket it is also bounded by blobs.partBytes.',
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
  'limits.minAnswerRate': {
    type: byteSize({ min: 0, max: mib }),
    default: '128 B',
    about:
      'The fewest bytes a second of an answer that a client may take on average over limits.idleTimeout; 0 asks for none.',
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
      'Memory for bytes on their way from files, 2 MiB for a download or two; beyond it each goes on with 32 KiB. From a bucket, 128 KiB for each connection; where there are more downloads than connections, they take turns.',
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
  'limits.redirectLifetime': {
    type: duration({ min: second, max: day }),
    default: '10m',
    about: 'How long a link to the bucket is good, see blobs.redirect.',
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
    about:
      'Characters of an artifact’s title, and of each other field of one line; what lists are ordered by has 1,200 bytes at most in any case.',
  },
  'limits.textLength': {
    type: count({ min: 1, max: 100_000 }),
    default: 10_000,
    about: 'Characters of an artifact’s description, and of a version’s changelog.',
  },
  'limits.termLength': {
    type: count({ min: 1, max: 1000 }),
    default: 100,
    about: 'Characters of one topic, keyword, capability or skill; 1,200 bytes at most in any case.',
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
  'limits.shutdownDelay': {
    type: duration({ min: 0, max: hour }),
    default: '0s',
    about:
      'How long the process still takes requests after it was asked to stop, while /readyz answers 503, so that a balancer that asks there sends them to another one.',
  },
  'limits.shutdownGrace': {
    type: duration({ min: 0, max: hour }),
    default: '30s',
    about:
      'How long requests, and what runs for an operator, may go on after the process was asked to stop and limits.shutdownDelay is over.',
  },
}
