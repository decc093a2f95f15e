import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Config } from '../../src/config/config.ts'
import { type LoadedConfig, loadConfig } from '../../src/config/load-config.ts'
import { mask, maskSecrets } from '../../src/config/mask-secrets.ts'
import { type GivenConfig, inputOf } from './given-config.ts'

function load(given: GivenConfig): LoadedConfig {
  const loaded = loadConfig(inputOf(given))
  assert.ok(!('mistakes' in loaded), JSON.stringify(loaded))
  return loaded
}

function mistakes(given: GivenConfig): readonly { where: string; message: string }[] {
  const loaded = loadConfig(inputOf(given))
  assert.ok('mistakes' in loaded, 'it was taken')
  return loaded.mistakes
}

const standard = {
  OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector.example:4318/',
  OTEL_EXPORTER_OTLP_HEADERS: 'Authorization=Bearer%20s3cret,x-team=infra',
  OTEL_SERVICE_NAME: 'registry-west',
  OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
  OTEL_TRACES_SAMPLER_ARG: '0.25',
}

describe('the settings of traces', () => {
  it('are read from the variables that OpenTelemetry has for them', () => {
    const { config, sources } = load({ env: standard })
    assert.deepEqual(config.traces, {
      endpoint: 'http://collector.example:4318',
      headers: { authorization: 'Bearer s3cret', 'x-team': 'infra' },
      serviceName: 'registry-west',
      sampler: 'parentbased_traceidratio',
      samplerArg: 0.25,
    } satisfies Config['traces'])
    assert.deepEqual(sources['traces.endpoint'], {
      from: 'environment',
      where: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    })
  })

  it('have variables of their own, which go before those', () => {
    const env = { ...standard, LADING_TRACES_SERVICE_NAME: 'east', LADING_TRACES_SAMPLER_ARG: '' }
    const { config, sources } = load({ env })
    assert.deepEqual([config.traces.serviceName, config.traces.samplerArg], ['east', 0.25])
    assert.equal(sources['traces.serviceName'].where, 'LADING_TRACES_SERVICE_NAME')
  })

  it('are never shown with what the collector is told in secret', () => {
    const { config } = load({ env: standard })
    assert.deepEqual(maskSecrets(config).traces, {
      ...config.traces,
      headers: { authorization: mask, 'x-team': mask },
    })
    for (const env of [
      { OTEL_EXPORTER_OTLP_HEADERS: 's3cret' },
      { OTEL_EXPORTER_OTLP_HEADERS: 'authorization=s3cret%' },
      { OTEL_EXPORTER_OTLP_HEADERS: 'authorization=s3cret%0a' },
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://me:s3cret@collector.example' },
    ]) {
      const [mistake = assert.fail(), ...more] = mistakes({ env })
      assert.deepEqual([mistake.where, more], [Object.keys(env)[0], []])
      assert.ok(!mistake.message.includes('s3cret'), mistake.message)
    }
  })

  it('are checked', () => {
    for (const [name, text] of [
      ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4318'],
      ['OTEL_EXPORTER_OTLP_ENDPOINT', 'grpc://collector:4317'],
      ['OTEL_EXPORTER_OTLP_ENDPOINT', 'http://collector/?a=b'],
      ['OTEL_SERVICE_NAME', 'a\nb'],
      ['OTEL_TRACES_SAMPLER', 'sometimes'],
      ['OTEL_TRACES_SAMPLER_ARG', '1.1'],
      ['OTEL_TRACES_SAMPLER_ARG', '-1'],
      ['OTEL_TRACES_SAMPLER_ARG', '1e-1'],
    ] as const) {
      assert.deepEqual(
        mistakes({ env: { [name]: text } }).map(({ where }) => where),
        [name],
        text,
      )
    }
  })
})

describe('what two settings say together', () => {
  it('is wrong where the largest manifest would find no room', () => {
    const flags = { 'limits-manifest-bytes': '64 MiB', 'limits-held-body-bytes': '32 MiB' }
    assert.deepEqual(mistakes({ flags }), [
      {
        where: '--limits-held-body-bytes',
        message:
          'limits.heldBodyBytes is under limits.manifestBytes: the largest manifest would never be taken',
      },
    ])
  })

  it('is wrong where metrics are for a user who is not there', () => {
    const [mistake, ...more] = mistakes({ flags: { 'access-metrics': 'prometheus' } })
    assert.deepEqual(more, [])
    assert.match(mistake?.message ?? '', /^access\.metrics names prometheus, who is not in users/)
  })
})
