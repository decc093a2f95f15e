import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Config } from '../../src/config/config.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import { mask, maskSecrets } from '../../src/config/mask-secrets.ts'
import { type GivenConfig, inputOf } from './given-config.ts'

function readOf(given: GivenConfig): Config {
  const loaded = loadConfig(inputOf(given))
  assert.ok('config' in loaded, JSON.stringify(loaded))
  return loaded.config
}

function mistakesOf(given: GivenConfig): readonly string[] {
  const loaded = loadConfig(inputOf(given))
  assert.ok('mistakes' in loaded, 'nothing was found wrong')
  return loaded.mistakes.map(({ message }) => message)
}

const read = (file: string): Config => readOf({ files: { '/here/lading.yaml': file } })
const mistakes = (file: string): readonly string[] => mistakesOf({ files: { '/here/lading.yaml': file } })

describe('settings of engines', () => {
  it('are read from a file, and keep their secrets to themselves', () => {
    const config = read(`
store:
  url: postgresql://lading:s3cret@db:5432/lading?sslmode=require
  replicas: ['postgresql://lading:s3cret@replica/lading']
blobs:
  bucket: lading
  endpoint: https://s3.example.com
  prefix: eu/
  accessKeyId: AKIA
  secretAccessKey: s3cret
cache:
  redis: rediss://:s3cret@cache:6379/1
  memcached: one:11211, two:11211
`)
    assert.equal(config.store.url, 'postgresql://lading:s3cret@db:5432/lading?sslmode=require')
    assert.equal(config.cache.memcached, 'one:11211,two:11211')
    const shown = maskSecrets(config)
    assert.doesNotMatch(JSON.stringify(shown), /s3cret/)
    assert.equal(shown.store.url, mask)
    assert.deepEqual(shown.store.replicas, [mask])
    assert.deepEqual(shown.blobs, { ...config.blobs, secretAccessKey: mask })
  })

  it('take copies of the database as a list, or with commas between, from wherever they come', () => {
    const one = 'postgresql://lading:s3cret@one/lading'
    const two = 'postgres://lading:s3cret@two,three/lading?application_name=a,b'
    const given = (replicas: string, from: 'flag' | 'environment'): readonly string[] => {
      const url = 'postgresql://db/lading'
      const texts = { 'store-url': url, 'store-replicas': replicas }
      const env = { LADING_STORE_URL: url, LADING_STORE_REPLICAS: replicas }
      return readOf(from === 'flag' ? { flags: texts } : { env }).store.replicas
    }
    for (const from of ['flag', 'environment'] as const) {
      assert.deepEqual(given(one, from), [one])
      assert.deepEqual(given(`${one}, ${two}`, from), [one, two])
      assert.deepEqual(given(JSON.stringify([one, two]), from), [one, two])
    }
    const file = `store: { url: "postgresql://db/lading", replicas: "${one},${two}" }`
    assert.deepEqual(read(file).store.replicas, [one, two])
    for (const wrong of [
      'db.example.com',
      `${one},mysql://root:s3cret@db/lading`,
      '[1',
      '{}',
      'x'.repeat(5000),
    ]) {
      const [told = ''] = mistakesOf({ env: { LADING_STORE_URL: one, LADING_STORE_REPLICAS: wrong } })
      assert.match(told, /^store\.replicas(\[\d\])? wants a (list of )?URL/)
      assert.doesNotMatch(told, /s3cret/)
    }
  })

  it('name databases that Lading knows, and a mistake shows no password', () => {
    const [message, ...more] = mistakes('store: { url: mysql://root:s3cret@db/lading }')
    assert.match(message ?? '', /store.url wants a URL such as postgresql:\/\/user@host\/name/)
    assert.doesNotMatch(message ?? '', /s3cret/)
    assert.deepEqual(more, [])
    assert.equal(
      read('store: { url: "mongodb://a,b,c/lading?replicaSet=rs" }').store.url,
      'mongodb://a,b,c/lading?replicaSet=rs',
    )
  })

  it('let no link outlive the bytes that it leads to, also where the clock of S3 is wrong', () => {
    const said = (redirect: boolean, lifetime: string): readonly string[] => {
      const limits = `limits: { trashDelay: 1h, redirectLifetime: ${lifetime} }`
      const text = `blobs: { bucket: lading, redirect: ${redirect} }\n${limits}`
      const loaded = loadConfig(inputOf({ files: { '/here/lading.yaml': text } }))
      return 'mistakes' in loaded ? loaded.mistakes.map(({ message }) => message) : []
    }
    assert.deepEqual(said(true, '45m'), [])
    assert.deepEqual(said(false, '2h'), [])
    for (const lifetime of ['2701s', '1h', '2h'])
      assert.match(
        said(true, lifetime).join(),
        /^limits.redirectLifetime is not 15 minutes under limits.trashDelay/,
      )
  })

  it('go together where one makes no sense alone', () => {
    assert.deepEqual(mistakes('blobs: { bucket: lading, accessKeyId: AKIA }'), [
      'blobs.accessKeyId wants blobs.secretAccessKey with it',
    ])
    assert.deepEqual(mistakes('store: { schema: lading }'), [
      'store.schema is for PostgreSQL, and store.url names none',
    ])
    assert.match(
      mistakes('store: { url: postgres://db/lading, ca: none.pem }')[0] ?? '',
      /store.ca wants a PEM file/,
    )
  })

  it('take an authority for a Redis by TLS alone, and no parameters of it', () => {
    const pem = inputOf({
      files: {
        '/here/lading.yaml': 'cache: { redis: "rediss://cache:6379", ca: own.pem }',
        '/here/own.pem': '-----BEGIN CERTIFICATE-----',
      },
    })
    const loaded = loadConfig(pem)
    assert.ok('config' in loaded, JSON.stringify(loaded))
    assert.equal(loaded.config.cache.ca, '/here/own.pem')
    const [message, ...more] = mistakes('cache: { redis: "redis://:s3cret@cache?tls=true" }')
    assert.match(message ?? '', /cache.redis wants a URL without a \?/)
    assert.doesNotMatch(message ?? '', /s3cret/)
    assert.deepEqual(more, [])
    assert.match(
      mistakes('cache: { redis: "redis://cache:6379", ca: own.pem }').join(' '),
      /cache.ca wants a PEM file.*cache.ca is for TLS, and cache.redis names no rediss: URL/,
    )
  })

  it('refuse what no bucket, prefix or server is called', () => {
    for (const wrong of ['blobs: { bucket: "a b" }', 'blobs: { prefix: /x }', 'cache: { memcached: nohost }'])
      assert.match(mistakes(wrong)[0] ?? '', /wants/)
  })
})
