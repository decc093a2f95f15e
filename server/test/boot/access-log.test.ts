import assert from 'node:assert/strict'
import test from 'node:test'
import { MemoryTelemetry } from '../../src/adapters/telemetry/memory/memory-telemetry.ts'
import { accessLog, refusalLog } from '../../src/boot/instrument/access-log.ts'
import type { Config, LogLevel } from '../../src/config/config.ts'
import type { Answered } from '../../src/http/listen.ts'

function lines(
  level: LogLevel,
  ...requests: { method: string; status: number; complete?: boolean }[]
): string[] {
  const telemetry = new MemoryTelemetry()
  const log = accessLog({ log: { level, format: 'json' } } as Config, telemetry)
  for (const { method, status, complete = true } of requests) {
    const exchange = { method, path: '/v2/', requestId: 'request-1', address: '192.0.2.1', who: 'user:ada' }
    log?.({ exchange, status, complete, durationMs: 1.26 } as unknown as Answered)
  }
  return telemetry.lines.map(
    ({ level: at, fields }) =>
      `${at} ${fields?.['method']} ${fields?.['status']} ${fields?.['ms']} ${fields?.['who']} ${fields?.['requestId']}`,
  )
}

const read = { method: 'GET', status: 200 }

test('changes and failures are logged at info, reads that went well only at debug', () => {
  const requests = [
    read,
    { method: 'PUT', status: 201 },
    { method: 'GET', status: 404 },
    { method: 'HEAD', status: 304 },
  ]
  assert.deepEqual(lines('info', ...requests), [
    'info PUT 201 1.3 user:ada request-1',
    'info GET 404 1.3 user:ada request-1',
  ])
  assert.equal(lines('debug', ...requests).length, 4)
})

test('what the server could not do is a warning', () => {
  assert.equal(lines('info', { method: 'PUT', status: 507 })[0], 'warn PUT 507 1.3 user:ada request-1')
})

test('a download that the client broke off is logged at info', () => {
  assert.equal(lines('info', { ...read, complete: false }).length, 1)
})

test('above info nothing is logged', () => {
  assert.equal(
    accessLog({ log: { level: 'warn', format: 'json' } } as Config, new MemoryTelemetry()),
    undefined,
  )
})

test('a line names the trace that the client says it is in', () => {
  const telemetry = new MemoryTelemetry()
  const log = accessLog({ log: { level: 'info', format: 'json' } } as Config, telemetry)
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
  const exchange = {
    method: 'PUT',
    path: '/v2/',
    trace: { traceId, parentId: '00f067aa0ba902b7', sampled: true },
  }
  log?.({ exchange, status: 201, complete: true, durationMs: 1 } as unknown as Answered)
  assert.equal(telemetry.lines[0]?.fields['traceId'], traceId)
})

test('what was no request is logged at info', () => {
  const telemetry = new MemoryTelemetry()
  const refused = { status: 431, requestId: 'r-1', address: '192.0.2.1', reason: 'HPE_HEADER_OVERFLOW' }
  refusalLog({ log: { level: 'info', format: 'json' } } as Config, telemetry)?.(refused)
  assert.deepEqual(
    telemetry.lines.map(({ level, fields }) => [level, fields]),
    [['info', refused]],
  )
  assert.equal(refusalLog({ log: { level: 'warn', format: 'json' } } as Config, telemetry), undefined)
})
