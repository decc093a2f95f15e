import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { apiRoutes } from '../../src/boot/api-routes.ts'
import { doors } from '../../src/boot/serve-engines.ts'
import { auditEntries } from '../../src/core/ledger/tables.ts'
import { endpoints, globals } from '../../src/protocols/oci/door.ts'
import type { Answer } from '../kit/http-client.ts'
import { apiRows } from './api-rows.ts'
import { type Column, columns } from './columns.ts'
import { doorRows } from './door-rows.ts'
import { ociPaths, ociRows } from './oci-rows.ts'
import { expected, type Filled, neededInWords, type Outcome, type Row, type Rows } from './row.ts'
import { type MatrixWorld, startMatrixWorld } from './world.ts'

let world: MatrixWorld
before(async () => {
  world = await startMatrixWorld()
})
after(async () => {
  await world?.[Symbol.asyncDispose]()
})

const isHidden = ({ shows }: Row, answer: Answer): boolean =>
  shows !== undefined && answer.status < 300 && !shows.test(answer.text())

/** What somebody is answered, in the row's words. Whoever is refused has changed nothing. */
async function outcomeOf(method: string, template: string, row: Row, column: Column): Promise<Outcome> {
  const filled = await row.ask(world, column)
  const before = await changes()
  const answer = await world.request(column, method, pathOf(template, filled), sentOf(filled))
  if (answer.status >= 400) assert.equal(await changes(), before, `${column} has changed something`)
  return isHidden(row, answer) ? `${answer.status} hidden` : answer.status
}

const changes = async (): Promise<number> =>
  await world.composed.core.store.count(auditEntries, { index: 'byOutcome', eq: ['done'], upTo: 100_000 })

function pathOf(template: string, { at = {}, query = '' }: Filled): string {
  const filled = template.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = at[name]
    assert.ok(value, `nothing stands for ${name}`)
    // A repository's name has segments.
    return name === 'name' ? value : encodeURIComponent(value)
  })
  return filled + query
}

function sentOf({ body, headers }: Filled): { body?: string | Uint8Array; headers?: Record<string, string> } {
  if (body === undefined) return { ...(headers && { headers }) }
  if (typeof body === 'string' || body instanceof Uint8Array) return { body, ...(headers && { headers }) }
  return { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json', ...headers } }
}

const cellsOf = (of: (column: Column) => Outcome): Record<string, Outcome> =>
  Object.fromEntries(columns.map((column) => [column, of(column)]))

/** A test for each row, with a request for each who asks. */
function askAll(table: Rows, templateOf: (place: string) => string): void {
  for (const [operation, rows] of Object.entries(table))
    for (const row of rows) {
      const [method = '', place = ''] = operation.split(' ')
      it(`${operation}${row.about === undefined ? '' : `: ${row.about}`}`, async () => {
        const found: Record<string, Outcome> = {}
        for (const column of columns) found[column] = await outcomeOf(method, templateOf(place), row, column)
        assert.deepEqual(
          found,
          cellsOf((column) => expected(row, column)),
        )
      })
    }
}

describe('who may do what by the API', () => {
  it('is said of every operation, and as its route says it', () => {
    const routes = apiRoutes(world.composed.registry)
    assert.deepEqual(
      routes.map(({ method, path }) => `${method} ${path}`).sort(),
      Object.keys(apiRows).sort(),
    )
    for (const { method, path, needs } of routes) {
      const said = (apiRows[`${method} ${path}`] ?? []).map((row) => row.needs)
      assert.ok(
        said.includes(neededInWords(needs)),
        `${method} ${path}: ${neededInWords(needs)}, not ${said}`,
      )
    }
  })
  askAll(apiRows, (path) => path)
})

describe('who may do what in repositories', () => {
  it('is said of every operation', () => {
    const operations = Object.entries({ ...globals, ...endpoints }).flatMap(([endpoint, methods]) =>
      Object.keys(methods).map((method) => `${method} ${endpoint}`),
    )
    assert.deepEqual(operations.sort(), Object.keys(ociRows).sort())
  })
  askAll(ociRows, (endpoint) => ociPaths[endpoint] ?? '')
})

describe('who may do what at the other doors', () => {
  it('is said of each of them', () => {
    const { composed, config, telemetry } = world
    const parts = { telemetry } as unknown as Parameters<typeof doors>[1]
    const watching = {
      watch: { families: async () => [] },
      leaving: new AbortController().signal,
    } as unknown as Parameters<typeof doors>[3]
    const segments = doors(composed.registry, parts, config, watching).flatMap((door) => door.segments)
    const said = Object.keys(doorRows).map((operation) => operation.split('/')[1] ?? '')
    assert.deepEqual([...segments].sort(), [...new Set([...said, 'api', 'v2'])].sort())
  })
  askAll(doorRows, (path) => path)
})
