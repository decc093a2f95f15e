import assert from 'node:assert/strict'
import { test } from 'node:test'
import { check } from './check.ts'
import { rules } from './rules.ts'
import { treeOf } from './tree.ts'
import { render } from './violation.ts'

/** The findings on a tree of these files; a file that is only imported may be left empty. */
function found(files: Record<string, string>): string {
  return render(check(treeOf(files), rules).violations)
}

const rows: { rule: string; bad: Record<string, string>; says: string; good: Record<string, string> }[] = [
  {
    rule: 'domain imports nothing, not even types',
    bad: { 'domain/a.ts': "import type { B } from '../ports/b/b.ts'", 'ports/b/b.ts': '' },
    says: 'domain/a.ts -> ports/b/b.ts: domain may import nothing, and not ports',
    good: { 'domain/a.ts': "import { c } from './c.ts'", 'domain/c.ts': '' },
  },
  {
    rule: 'ports look at domain only',
    bad: { 'ports/b/b.ts': "export * from '../../core/ledger/a.ts'", 'core/ledger/a.ts': '' },
    says: 'ports/b/b.ts -> core/ledger/a.ts: ports may import domain, and not core',
    good: { 'ports/b/b.ts': "export * from '../../domain/a.ts'", 'domain/a.ts': '' },
  },
  {
    rule: 'of the ports, only the journal looks at another: the store',
    bad: { 'ports/store/a.ts': "import '../journal/b.ts'", 'ports/journal/b.ts': '' },
    says: 'ports/store/a.ts -> ports/journal/b.ts: the port store may import nothing of the other ports, and not journal',
    good: { 'ports/journal/b.ts': "import '../store/a.ts'", 'ports/store/a.ts': '' },
  },
  {
    rule: 'kinds know no use case',
    bad: { 'kinds/image/a.ts': "import '../../core/publish/b.ts'", 'core/publish/b.ts': '' },
    says: 'kinds/image/a.ts -> core/publish/b.ts: kinds may import domain, ports, and not core',
    good: { 'core/publish/b.ts': "import '../../kinds/image/a.ts'", 'kinds/image/a.ts': '' },
  },
  {
    rule: 'core knows no adapter, by dynamic import neither',
    bad: {
      'core/gc/a.ts': "await import('../../adapters/store/sqlite/b.ts')",
      'adapters/store/sqlite/b.ts': '',
    },
    says: 'core/gc/a.ts -> adapters/store/sqlite/b.ts: core may import domain, ports, kinds, and not adapters',
    good: { 'core/gc/a.ts': "import '../../ports/store/b.ts'", 'ports/store/b.ts': '' },
  },
  {
    rule: 'compose names no engine',
    bad: { 'boot/compose.ts': "import '../adapters/clock/system/b.ts'", 'adapters/clock/system/b.ts': '' },
    says: 'boot/compose.ts -> adapters/clock/system/b.ts: compose may import domain, ports, kinds, core, and not adapters',
    good: { 'boot/server.ts': "import '../adapters/clock/system/b.ts'", 'adapters/clock/system/b.ts': '' },
  },
  {
    rule: 'protocols know no composition root',
    bad: { 'protocols/oci/a.ts': "import '../../boot/server.ts'", 'boot/server.ts': '' },
    says: 'protocols/oci/a.ts -> boot/server.ts: protocols may import domain, ports, kinds, core, compose, http, and not boot',
    good: {
      'protocols/oci/a.ts': "import '../../http/b.ts'\nimport type {} from '../../boot/compose.ts'",
      'http/b.ts': '',
      'boot/compose.ts': '',
    },
  },
  {
    rule: 'jobs answer no request',
    bad: { 'jobs/a.ts': "import '../http/b.ts'", 'http/b.ts': '' },
    says: 'jobs/a.ts -> http/b.ts: jobs may import domain, ports, kinds, core, compose, and not http',
    good: { 'jobs/a.ts': "import '../core/gc/b.ts'", 'core/gc/b.ts': '' },
  },
  {
    rule: 'the library names engines in its engines folder only',
    bad: {
      'library/a.ts': "await import('../adapters/store/memory/b.ts')",
      'adapters/store/memory/b.ts': '',
    },
    says: 'library/a.ts -> adapters/store/memory/b.ts: library may import domain, ports, kinds, core, compose, jobs, engines, and not adapters',
    good: {
      'library/engines/a.ts': "await import('../../adapters/store/memory/b.ts')",
      'adapters/store/memory/b.ts': '',
    },
  },
  {
    rule: 'engines are loaded on demand',
    bad: {
      'boot/server.ts': "import { b } from '../adapters/store/sqlite/b.ts'",
      'adapters/store/sqlite/b.ts': '',
    },
    says: "boot/server.ts -> adapters/store/sqlite/b.ts: engines below adapters/store/ are loaded on demand: import('…'), or import type for a type",
    good: {
      'boot/server.ts':
        "import type { B } from '../adapters/store/sqlite/b.ts'\nawait import('../adapters/store/sqlite/b.ts')",
      'adapters/store/sqlite/b.ts': '',
    },
  },
  {
    rule: 'what people import because they want it loads its engine at once',
    bad: {
      'library/engines/a.ts': "import '../../adapters/cache/memory/b.ts'",
      'adapters/cache/memory/b.ts': '',
    },
    says: "library/engines/a.ts -> adapters/cache/memory/b.ts: engines below adapters/cache/ are loaded on demand: import('…'), or import type for a type",
    good: {
      'library/engines/memory-cache.ts': "import '../../adapters/cache/memory/b.ts'",
      'adapters/cache/memory/b.ts': '',
    },
  },
  {
    rule: 'what engines share may be loaded at once, where engines may be named',
    bad: {
      'library/engine.ts': "export { b } from '../adapters/store/memory/b.ts'",
      'adapters/store/memory/b.ts': '',
    },
    says: "library/engine.ts -> adapters/store/memory/b.ts: engines below adapters/store/ are loaded on demand: import('…'), or import type for a type",
    good: {
      'library/engine.ts': "export { b } from '../adapters/store/shared/b.ts'",
      'adapters/store/shared/b.ts': '',
    },
  },
  {
    rule: 'adapters know ports and domain only',
    bad: { 'adapters/blobs/folder/a.ts': "import '../../../core/content/b.ts'", 'core/content/b.ts': '' },
    says: 'adapters/blobs/folder/a.ts -> core/content/b.ts: adapters may import domain, ports, and not core',
    good: { 'adapters/blobs/folder/a.ts': "import '../../../ports/blobs/b.ts'", 'ports/blobs/b.ts': '' },
  },
  {
    rule: 'config knows domain only',
    bad: { 'config/a.ts': "import '../ports/store/b.ts'", 'ports/store/b.ts': '' },
    says: 'config/a.ts -> ports/store/b.ts: config may import domain, and not ports',
    good: { 'config/a.ts': "import '../domain/b.ts'", 'domain/b.ts': '' },
  },
  {
    rule: 'http knows domain only',
    bad: { 'http/a.ts': "import '../config/b.ts'", 'config/b.ts': '' },
    says: 'http/a.ts -> config/b.ts: http may import domain, and not config',
    good: { 'http/a.ts': "import '../domain/b.ts'", 'domain/b.ts': '' },
  },
  {
    rule: 'boot knows no command',
    bad: { 'boot/server.ts': "import '../cli/serve.ts'", 'cli/serve.ts': '' },
    says: 'boot/server.ts -> cli/serve.ts: boot may import domain, ports, kinds, core, compose, http, config, protocols, api, asking, pages, jobs, library, schema, adapters, and not cli',
    good: { 'cli/serve.ts': "import '../boot/server.ts'", 'boot/server.ts': '' },
  },
  {
    rule: 'protocols are siblings',
    bad: { 'protocols/npm/a.ts': "import '../oci/b.ts'", 'protocols/oci/b.ts': '' },
    says: 'protocols/npm/a.ts -> protocols/oci/b.ts: protocols/npm and protocols/oci are siblings, which meet only in a folder called shared',
    good: { 'protocols/npm/a.ts': "import '../shared/b.ts'", 'protocols/shared/b.ts': '' },
  },
  {
    rule: 'engines of one port are siblings',
    bad: { 'adapters/store/memory/a.ts': "import '../sqlite/b.ts'", 'adapters/store/sqlite/b.ts': '' },
    says: 'adapters/store/memory/a.ts -> adapters/store/sqlite/b.ts: adapters/store/memory and adapters/store/sqlite are siblings, which meet only in a folder called shared',
    good: { 'adapters/store/memory/a.ts': "import '../shared/b.ts'", 'adapters/store/shared/b.ts': '' },
  },
  {
    rule: 'parts of the api are siblings',
    bad: { 'api/rest/a.ts': "import '../graphql/b.ts'", 'api/graphql/b.ts': '' },
    says: 'api/rest/a.ts -> api/graphql/b.ts: api/rest and api/graphql are siblings, which meet only in a folder called shared',
    good: { 'api/rest/a.ts': "import './b.ts'", 'api/rest/b.ts': '' },
  },
  {
    rule: "core's folders have an order",
    bad: { 'core/ledger/a.ts': "import '../publish/b.ts'", 'core/publish/b.ts': '' },
    says: "core/ledger/a.ts -> core/publish/b.ts: core/ledger may import core's ",
    good: { 'core/publish/b.ts': "import '../ledger/a.ts'", 'core/ledger/a.ts': '' },
  },
  {
    rule: 'folders of one row of the order do not meet',
    bad: { 'core/publish/a.ts': "import '../resolve/b.ts'", 'core/resolve/b.ts': '' },
    says: "core/publish/a.ts -> core/resolve/b.ts: core/publish may import core's ",
    good: { 'core/publish/a.ts': "import '../content/b.ts'", 'core/content/b.ts': '' },
  },
  {
    rule: 'a folder of core that is on no list is told how to get there',
    bad: { 'core/novelty/a.ts': '' },
    says: 'core/novelty/a.ts: core/novelty has no place in the order: add it to a row of `coreOrder` of rules.ts',
    good: { 'core/gc/a.ts': '' },
  },
  {
    rule: 'a folder of the source that is on no list is told how to get there',
    bad: { 'novelty/a.ts': '' },
    says: 'novelty/a.ts: stands in no zone: add its folder to `zones` of rules.ts',
    good: { 'domain/a.ts': '' },
  },
  {
    rule: 'an import of a file that is not there',
    bad: { 'domain/a.ts': "import './b.ts'" },
    says: 'domain/a.ts -> domain/b.ts: there is no such file',
    good: { 'domain/a.ts': "import './b.ts'", 'domain/b.ts': '' },
  },
  {
    rule: 'a package stands in its folder',
    bad: { 'core/gc/a.ts': "import { LRUCache } from 'lru-cache'" },
    says: 'core/gc/a.ts -> lru-cache: only adapters/cache/memory/ may import the package lru-cache',
    good: { 'adapters/cache/memory/a.ts': "import { LRUCache } from 'lru-cache'" },
  },
  {
    rule: 'a package on no list',
    bad: { 'config/a.ts': "import '@scope/name/deep'" },
    says: 'config/a.ts -> @scope/name/deep: the package @scope/name is on no list',
    good: { 'config/a.ts': "import 'yaml'" },
  },
  {
    rule: 'fast-check is for tests',
    bad: { 'ports/store/suite.ts': "import fc from 'fast-check'" },
    says: 'ports/store/suite.ts -> fast-check: the package fast-check is on no list',
    good: { 'ports/store/suite.ts': "import assert from 'node:assert'" },
  },
  {
    rule: 'SQLite in its engine only',
    bad: { 'core/gc/a.ts': "import type { DatabaseSync } from 'node:sqlite'" },
    says: 'core/gc/a.ts -> node:sqlite: only adapters/store/sqlite/, adapters/search/sqlite/ may import node:sqlite',
    good: { 'adapters/store/sqlite/a.ts': "import { DatabaseSync } from 'node:sqlite'" },
  },
  ...['http', 'https', 'net', 'tls'].map((name) => ({
    rule: `${name} in the transport, boot and the command line only`,
    bad: { 'protocols/oci/a.ts': `import 'node:${name}'` },
    says: `protocols/oci/a.ts -> node:${name}: only http/, boot/, cli/${name === 'tls' ? '' : ', adapters/outgoing/'}${name === 'net' ? ', domain/address-ranges.ts, domain/network-of.ts' : ''} may import node:${name}`,
    good: { 'http/a.ts': `import 'node:${name}'\nimport 'node:stream'` },
  })),
  {
    rule: 'built-in modules carry their scheme',
    bad: { 'domain/a.ts': "import 'fs'" },
    says: 'domain/a.ts -> fs: a built-in module is written node:fs',
    good: { 'domain/a.ts': "import 'node:fs'" },
  },
  {
    rule: 'the environment is read by config only',
    bad: { 'boot/server.ts': 'export const home = process.env.HOME' },
    says: 'boot/server.ts: line 1 reads the environment, which only config/ may',
    good: { 'config/a.ts': 'export const home = process.env.HOME' },
  },
  {
    rule: 'nor by importing the process',
    bad: { 'boot/server.ts': "import { env } from 'node:process'" },
    says: 'boot/server.ts: reads the environment, which only config/ may',
    good: { 'boot/server.ts': 'export const pid = process.pid' },
  },
  {
    rule: 'a store is written by the ledger only',
    bad: { 'core/publish/a.ts': '\nawait store.commit(id, [])' },
    says: 'core/publish/a.ts: line 2 calls commit, which only ',
    good: { 'core/ledger/a.ts': 'await store.commit(id, [])' },
  },
  {
    rule: 'a row that counts its changes is changed in one place',
    bad: { 'core/publish/a.ts': 'put(tags, row, rev)\npatch<ArtifactRow>(artifacts, [id], { set })' },
    says: 'core/publish/a.ts: line 2 changes a row of artifacts, which only core/artifacts/write-artifact.ts may: it counts the changes',
    good: { 'core/artifacts/write-artifact.ts': 'put(artifacts, row, rev)' },
  },
  {
    rule: 'no cycles, types counted',
    bad: {
      'domain/a.ts': "import './b.ts'",
      'domain/b.ts': "import type {} from './c.ts'",
      'domain/c.ts': "await import('./a.ts')",
    },
    says: 'domain/a.ts -> domain/b.ts -> domain/c.ts -> domain/a.ts: imports go round in a circle',
    good: {
      'domain/a.ts': "import './b.ts'\nimport './c.ts'",
      'domain/b.ts': "import './c.ts'",
      'domain/c.ts': '',
    },
  },
  {
    rule: 'kebab-case',
    bad: { 'domain/batchId.ts': '' },
    says: 'domain/batchId.ts: batchId is not kebab-case',
    good: { 'domain/batch-id.ts': '' },
  },
  {
    rule: 'names that say something',
    bad: { 'core/gc/path-utils.ts': '' },
    says: 'core/gc/path-utils.ts: utils says nothing: name it after what it holds',
    good: { 'core/gc/path.ts': '' },
  },
  {
    rule: 'a name that users know a class by',
    bad: { 'library/path-manager.ts': '' },
    says: 'library/path-manager.ts: manager says nothing: name it after what it holds',
    good: { 'library/semver-manager.ts': '' },
  },
  {
    rule: 'no barrels',
    bad: { 'domain/index.ts': '' },
    says: "domain/index.ts: a barrel: only a package's entry is called index",
    good: { 'library/index.ts': '' },
  },
  {
    rule: 'TypeScript only',
    bad: { 'domain/a.js': '' },
    says: 'domain/a.js: source files end in .ts',
    good: { 'domain/a.ts': '' },
  },
  {
    rule: 'no endless files',
    bad: { 'domain/a.ts': '\n'.repeat(501) },
    says: 'domain/a.ts: 501 lines: over 500 there are two files in it',
    good: { 'domain/a.ts': '\n'.repeat(500) },
  },
  {
    rule: 'an import that is computed hides from every rule',
    bad: { 'boot/server.ts': 'await import(name)' },
    says: 'boot/server.ts: line 1 imports a name that is computed, so that no rule can be held against it',
    good: { 'boot/server.ts': "await import('./a.ts')", 'boot/a.ts': '' },
  },
]

for (const { rule, bad, says, good } of rows) {
  test(`${rule}: the breach is reported alone, and the like that is allowed is not`, () => {
    const report = found(bad)
    assert.ok(report.startsWith(says), report)
    assert.equal(report.split('\n').length, 1, report)
    assert.equal(found(good), '')
  })
}

test('a long file is warned of before it fails', () => {
  const { violations, warnings } = check(treeOf({ 'domain/a.ts': '\n'.repeat(301) }), rules)
  assert.equal(render(violations), '')
  assert.equal(render(warnings), 'domain/a.ts: 301 lines: look for the second thing in it')
})

test('two circles are two reports', () => {
  const report = found({
    'domain/a.ts': "import './b.ts'",
    'domain/b.ts': "import './a.ts'",
    'domain/c.ts': "import './d.ts'",
    'domain/d.ts': "import './c.ts'",
  })
  assert.deepEqual(
    report.split('\n').map((line) => line.split(':')[0]),
    ['domain/a.ts -> domain/b.ts -> domain/a.ts', 'domain/c.ts -> domain/d.ts -> domain/c.ts'],
  )
})
