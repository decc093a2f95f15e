import { type ConfigKey, encryptions } from './config.ts'
import {
  bucketName,
  cacheAddress,
  cacheServers,
  databaseAddress,
  databaseAddresses,
  keyPrefix,
  plainWord,
} from './engine-types.ts'
import { path, webAddress } from './place-types.ts'
import { byteSize, choice, count, duration, yesOrNo } from './scalar-types.ts'
import type { Settings } from './setting.ts'
import { day, gib, hour, mib, minute, second, tib } from './units.ts'

/** What a registry stands on, where that is not the data folder alone. */
export const engineSettings: Settings<Extract<ConfigKey, `${'store' | 'blobs' | 'cache'}.${string}`>> = {
  'store.url': {
    type: databaseAddress(['postgresql', 'postgres', 'mongodb', 'mongodb+srv']),
    about:
      'The database that keeps the records, such as postgresql://lading@db.example.com/lading?sslmode=verify-full; without it SQLite in the data folder. Any number of Ladings may work on the same one. PostgreSQL’s sslmode is verify-full or require (TLS with the server of that name), verify-ca (TLS with any server of store.ca) or disable; without it, and without store.ca, there is no TLS. MongoDB’s is tls=true. Never shown.',
  },
  'store.schema': {
    type: plainWord,
    about:
      'The schema of a PostgreSQL database in which the tables are; without it the first of its search_path.',
  },
  'store.connections': {
    type: count({ min: 2, max: 1000 }),
    default: 20,
    about: 'The most connections to the database, all threads of the process together.',
  },
  'store.replicas': {
    type: databaseAddresses(['postgresql', 'postgres']),
    default: [],
    about:
      'Copies that follow the PostgreSQL database. Lists of repositories and artifacts are read from one that is near enough, and may be so much older. Never shown.',
  },
  'store.replicaLag': {
    type: duration({ min: 100, max: hour }),
    default: '5s',
    about: 'How far a copy may be behind to be read from.',
  },
  'store.ca': {
    type: path,
    about:
      'A PEM file of the authorities that are trusted for the database, instead of those of the machine. With PostgreSQL it asks for TLS by itself.',
  },
  'store.connectTimeout': {
    type: duration({ min: 100, max: 5 * minute }),
    default: '5s',
    about: 'How long a connection to the database may take to open.',
  },
  'store.queueTimeout': {
    type: duration({ min: 100, max: 5 * minute }),
    default: '5s',
    about: 'How long work waits for a connection to the database; then it is told to come back.',
  },
  'store.statementTimeout': {
    type: duration({ min: second, max: hour }),
    default: '30s',
    about: 'How long the database may take for one answer.',
  },
  'blobs.bucket': {
    type: bucketName,
    about: 'The S3 bucket that keeps larger bytes; without it the data folder does.',
  },
  'blobs.endpoint': {
    type: webAddress,
    about: 'Where S3 is, for servers that are not Amazon’s, such as https://s3.example.com.',
  },
  'blobs.region': { type: plainWord, default: 'us-east-1', about: 'The region of the bucket.' },
  'blobs.prefix': {
    type: keyPrefix,
    default: '',
    about: 'What the name of everything in the bucket begins with, such as lading/.',
  },
  'blobs.pathStyle': {
    type: yesOrNo,
    default: false,
    about:
      'The bucket’s name is in the path and not in the host, as most servers that are not Amazon’s want it.',
  },
  'blobs.accessKeyId': {
    type: plainWord,
    about:
      'The key of S3. Goes with blobs.secretAccessKey; without both the usual places are asked: AWS_ACCESS_KEY_ID, a profile, the machine’s role.',
  },
  'blobs.secretAccessKey': { type: plainWord, about: 'The secret of blobs.accessKeyId; never shown.' },
  'blobs.redirect': {
    type: yesOrNo,
    default: false,
    about: 'Sends clients to the bucket for larger blobs, by a link that is good for a short time.',
  },
  'blobs.redirectEndpoint': {
    type: webAddress,
    about: 'Where clients reach S3, if that is not where Lading does.',
  },
  'blobs.encryption': {
    type: choice(encryptions),
    default: 'none',
    about: 'How the bucket’s server is asked to encrypt what it keeps.',
  },
  'blobs.kmsKeyId': {
    type: plainWord,
    about: 'The key that aws:kms encrypts with; without it the bucket’s own.',
  },
  'blobs.ca': {
    type: path,
    about: 'A PEM file of the authorities that are trusted for S3, instead of those of the machine.',
  },
  'blobs.timeout': {
    type: duration({ min: second, max: hour }),
    default: '30s',
    about: 'How long a request to S3 may stand still.',
  },
  'blobs.attempts': {
    type: count({ min: 1, max: 20 }),
    default: 4,
    about: 'How often a request to S3 is tried.',
  },
  'blobs.partBytes': {
    type: byteSize({ min: 5 * mib, max: 5 * gib }),
    default: '8 MiB',
    about:
      'The size of the parts in which bytes go to S3. A blob may have 16,000 times as much, 125 GiB with what is usual; a larger one is refused, whatever limits.blobBytes is.',
  },
  'cache.bytes': {
    type: byteSize({ min: 0, max: 64 * gib }),
    default: '128 MiB',
    about: 'Memory for manifests and small blobs that are pulled often; 0 keeps none.',
  },
  'cache.disk': {
    type: path,
    about: 'A folder for answers that memory has no room for; it may be lost at any time.',
  },
  'cache.diskBytes': {
    type: byteSize({ min: mib, max: 16 * tib }),
    default: '1 GiB',
    about: 'How much of cache.disk is used.',
  },
  'cache.redis': {
    type: cacheAddress,
    about:
      'A Redis that keeps answers for all processes, such as redis://cache.example.com:6379, or rediss: for TLS, by which it has to be the server of that name; it may be lost at any time. Never shown.',
  },
  'cache.ca': {
    type: path,
    about:
      'A PEM file of the authorities that are trusted for a Redis of rediss:, instead of those of the machine.',
  },
  'cache.memcached': {
    type: cacheServers,
    about: 'Memcached servers that keep answers for all processes, such as cache.example.com:11211.',
  },
  'cache.ttl': {
    type: duration({ min: second, max: 30 * day }),
    default: '1h',
    about: 'How long an answer is kept outside of memory.',
  },
  'cache.timeout': {
    type: duration({ min: 1, max: minute }),
    default: '20ms',
    about: 'How long a read waits for what is kept outside of memory.',
  },
}
