// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the sources under test are written down as plain strings
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { scan } from './scan.ts'

function imported(source: string): string[] {
  return scan(source).imports.map(({ specifier, form, line }) => `${line} ${form} ${specifier}`)
}

test('every form of import is seen, with its line', () => {
  const source = [
    "import './a.ts'",
    "import b, { type B } from './b.ts'",
    "import type { C } from './c.ts'",
    "import * as d from './d.ts'",
    "export { e } from './e.ts'",
    "export type { F } from './f.ts'",
    "export * from './g.ts'",
    "export * as h from './h.ts'",
    "const i = await import('./i.ts')",
    "let j: import('./j.ts').J",
    "import type k from './k.ts'",
    "import type from './l.ts'",
    'const m = () => import(`./m.ts`)',
  ].join('\n')
  assert.deepEqual(imported(source), [
    '1 static ./a.ts',
    '2 static ./b.ts',
    '3 type ./c.ts',
    '4 static ./d.ts',
    '5 static ./e.ts',
    '6 type ./f.ts',
    '7 static ./g.ts',
    '8 static ./h.ts',
    '9 call ./i.ts',
    '10 call ./j.ts',
    '11 type ./k.ts',
    '12 static ./l.ts',
    '13 call ./m.ts',
  ])
})

test('what only looks like an import is none', () => {
  const source = [
    "// import './a.ts'",
    "/* import './b.ts' */",
    'const c = "import \'./c.ts\'"',
    "const d = `import './d.ts' ${`export * from './e.ts'`} from './f.ts'`",
    "const g = /import '.\\/g.ts'/.exec(import.meta.url)",
    'export { c, d }',
    "export const h = { import: 1, from: './h.ts' }",
    "loader.import('./i.ts')",
    "export type { J }\nconst from = './k.ts'",
  ].join('\n')
  assert.deepEqual(imported(source), [])
})

test('an import that follows templates, divisions and patterns is seen', () => {
  const source =
    'const a = `${{ b: `}` }}${1}` / 2 / 3\nx.replace(/[\'"`/{]/g, "")\nreturn /"/\nawait import("./z.ts")'
  assert.deepEqual(imported(source), ['4 call ./z.ts'])
})

test('what cannot be followed is unclear, never passed over', () => {
  assert.deepEqual(scan('await import(name)').unclear, [{ line: 1, why: 'imports a name that is computed' }])
  assert.deepEqual(scan('await import(`./${name}.ts`)').unclear.length, 1)
  assert.deepEqual(scan("const a = 'open").unclear, [{ line: 1, why: "cannot read 'open" }])
})

test('reads of the environment are seen in every dress', () => {
  const reads = [
    'process.env.HOME',
    'process?.env',
    "process['env']",
    'process[name]',
    'const { env } = process',
    'globalThis.process.env',
  ]
  for (const source of reads) assert.deepEqual(scan(source).environment, [1], source)
  for (const source of ['process.pid', 'env.HOME', '// process.env', 'const { pid } = process']) {
    assert.deepEqual(scan(source).environment, [], source)
  }
})

test('calls of commit are seen in every dress', () => {
  const calls = [
    'store.commit(id, [])',
    'this.#store?.commit(id, [])',
    "store['commit'](id, [])",
    'const { commit } = store',
    'const { get, commit: write } = store',
    'const write = store.commit.bind(store)',
  ]
  for (const source of calls) assert.deepEqual(scan(source).commits, [1], source)
  for (const source of [
    'commit(id)',
    'const commit = 1',
    "log('commit')",
    'const a = { commit: 1 }',
    'f({ commit })',
  ]) {
    assert.deepEqual(scan(source).commits, [], source)
  }
})
