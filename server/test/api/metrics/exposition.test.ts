import assert from 'node:assert/strict'
import { test } from 'node:test'
import { expose } from '../../../src/api/metrics/exposition.ts'
import type { Family } from '../../../src/ports/telemetry/metrics.ts'

const families: readonly Family[] = [
  {
    name: 'lading_cache_requests_total',
    help: 'Look-ups\nin \\ "the" cache.',
    kind: 'counter',
    samples: [{ labels: { result: 'a"b\\c\nd' }, value: 3 }],
  },
  { name: 'lading_http_connections', help: 'Open.', kind: 'gauge', samples: [{ labels: {}, value: 0.25 }] },
  {
    name: 'lading_job_duration_seconds',
    help: 'Runs.',
    kind: 'histogram',
    samples: [
      {
        labels: { kind: 'sweep' },
        sum: 7.5,
        buckets: [
          { upTo: 0.5, count: 1 },
          { upTo: Number.POSITIVE_INFINITY, count: 2 },
        ],
      },
    ],
  },
  { name: 'lading_jobs', help: 'None.', kind: 'gauge', samples: [] },
]

test('the format of Prometheus', () => {
  assert.equal(
    expose(families, 'prometheus'),
    `# HELP lading_cache_requests_total Look-ups\\nin \\\\ "the" cache.
# TYPE lading_cache_requests_total counter
lading_cache_requests_total{result="a\\"b\\\\c\\nd"} 3
# HELP lading_http_connections Open.
# TYPE lading_http_connections gauge
lading_http_connections 0.25
# HELP lading_job_duration_seconds Runs.
# TYPE lading_job_duration_seconds histogram
lading_job_duration_seconds_bucket{kind="sweep",le="0.5"} 1
lading_job_duration_seconds_bucket{kind="sweep",le="+Inf"} 2
lading_job_duration_seconds_sum{kind="sweep"} 7.5
lading_job_duration_seconds_count{kind="sweep"} 2
# HELP lading_jobs None.
# TYPE lading_jobs gauge
`,
  )
})

test('OpenMetrics calls the family of a counter without its ending, escapes quotes in a help, and has an end', () => {
  const lines = expose(families, 'openmetrics').split('\n')
  assert.deepEqual(lines.slice(0, 3), [
    '# HELP lading_cache_requests Look-ups\\nin \\\\ \\"the\\" cache.',
    '# TYPE lading_cache_requests counter',
    'lading_cache_requests_total{result="a\\"b\\\\c\\nd"} 3',
  ])
  assert.deepEqual(lines.slice(-2), ['# EOF', ''])
})
