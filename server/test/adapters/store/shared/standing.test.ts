import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  afterStep,
  inverseOf,
  inversesOf,
  nothing,
  schemaAt,
  standingAt,
} from '../../../../src/adapters/store/shared/standing.ts'
import { schema } from '../../../../src/boot/schema.ts'
import type { Log, MigrationStep, Table } from '../../../../src/ports/store/table.ts'

const things: Table = {
  name: 'things',
  columns: { id: 'text', size: 'integer', note: 'text?' },
  key: ['id'],
  unique: { once: ['id'] },
  indexes: { bySize: ['size'] },
}
const notes: Log = { name: 'notes', columns: { text: 'text' } }
const standing = [
  { do: 'createTable', table: things } as const,
  { do: 'createLog', log: notes } as const,
].reduce(afterStep, nothing)

const inverses: readonly (readonly [step: MigrationStep, inverse: MigrationStep])[] = [
  [
    { do: 'createTable', table: { ...things, name: 'others' } },
    { do: 'dropTable', table: 'others' },
  ],
  [
    { do: 'createLog', log: { ...notes, name: 'others' } },
    { do: 'dropLog', log: 'others' },
  ],
  [
    { do: 'addColumn', table: 'things', column: 'name', type: 'text', fill: 'none' },
    { do: 'dropColumn', table: 'things', column: 'name', fill: 'none' },
  ],
  [
    { do: 'addColumn', table: 'notes', column: 'about', type: 'text?', fill: null },
    { do: 'dropColumn', table: 'notes', column: 'about', fill: null },
  ],
  [
    { do: 'addIndex', table: 'things', index: 'byId', columns: ['id', 'size'] },
    { do: 'dropIndex', table: 'things', index: 'byId' },
  ],
]

test('each step has an inverse, which leads back, and whose inverse is the step', () => {
  for (const [step, inverse] of inverses) {
    assert.deepEqual(inverseOf(standing, step), inverse)
    const after = afterStep(standing, step)
    assert.notDeepEqual(after, standing)
    assert.deepEqual(afterStep(after, inverse), standing)
    assert.deepEqual(inverseOf(after, inverse), step)
  }
})

test('what was dropped comes back as it stood, changes since its making too', () => {
  const steps: MigrationStep[] = [
    { do: 'addColumn', table: 'things', column: 'name', type: 'text', fill: '' },
    { do: 'addIndex', table: 'things', index: 'byName', columns: ['name'] },
    { do: 'dropIndex', table: 'things', index: 'bySize' },
    { do: 'dropColumn', table: 'things', column: 'size', fill: 7 },
    { do: 'dropTable', table: 'things' },
    { do: 'dropLog', log: 'notes' },
  ]
  const back = inversesOf(standing, steps)
  assert.deepEqual(back, [
    { do: 'createLog', log: notes },
    {
      do: 'createTable',
      table: {
        ...things,
        columns: { id: 'text', note: 'text?', name: 'text' },
        indexes: { byName: ['name'] },
      },
    },
    { do: 'addColumn', table: 'things', column: 'size', type: 'integer', fill: 7 },
    { do: 'addIndex', table: 'things', index: 'bySize', columns: ['size'] },
    { do: 'dropIndex', table: 'things', index: 'byName' },
    { do: 'dropColumn', table: 'things', column: 'name', fill: '' },
  ])
  assert.deepEqual(back.reduce(afterStep, steps.reduce(afterStep, standing)), standing)
})

test('rows that are removed change nothing that stands, and nothing takes it back', () => {
  const step: MigrationStep = { do: 'removeRows', table: 'things', where: { id: 'a', note: null } }
  assert.equal(afterStep(standing, step), standing)
  assert.deepEqual(inversesOf(standing, [step]), [])
})

test('a step that contradicts what stands is refused', () => {
  const cases: [MigrationStep, RegExp][] = [
    [{ do: 'createTable', table: things }, /things is there already/],
    [{ do: 'createLog', log: { ...notes, name: 'things' } }, /things is there already/],
    [{ do: 'dropTable', table: 'notes' }, /no table notes/],
    [{ do: 'dropLog', log: 'things' }, /no log things/],
    [{ do: 'addColumn', table: 'none', column: 'a', type: 'text', fill: '' }, /no table none/],
    [{ do: 'addColumn', table: 'things', column: 'size', type: 'text', fill: '' }, /has a column size/],
    [{ do: 'dropColumn', table: 'things', column: 'none', fill: '' }, /no column things\.none/],
    [{ do: 'dropColumn', table: 'things', column: 'id', fill: '' }, /the primary key is made of it/],
    [{ do: 'dropColumn', table: 'things', column: 'size', fill: 0 }, /bySize is made of it/],
    [{ do: 'addIndex', table: 'notes', index: 'byText', columns: ['text'] }, /no table notes/],
    [{ do: 'addIndex', table: 'things', index: 'once', columns: ['id'] }, /has an index once/],
    [{ do: 'dropIndex', table: 'things', index: 'once' }, /no index once/],
    [{ do: 'removeRows', table: 'notes', where: {} }, /no table notes/],
    [{ do: 'removeRows', table: 'things', where: { none: 1 } }, /no column things\.none/],
  ]
  for (const [step, reason] of cases) assert.throws(() => afterStep(standing, step), { message: reason })
})

test('every migration of the registry leads back to what stood before it', () => {
  for (const { version, steps } of schema.migrations) {
    const before = standingAt(schema, version - 1)
    assert.deepEqual(inversesOf(before, steps).reduce(afterStep, standingAt(schema, version)), before)
  }
  assert.deepEqual(schemaAt(schema, 0), { tables: [], logs: [], migrations: [] })
})
