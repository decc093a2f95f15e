import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { globSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { test } from 'node:test'
import { scrub } from '../../src/core/care/scrub.ts'
import { checkInvariants } from '../core/invariants.ts'
import { holdsArtifacts } from '../fixtures/artifacts.ts'
import { holdsContent, holdsUpload } from '../fixtures/holds-content.ts'
import { machineEnvironment } from '../kit/machine-environment.ts'
import { openDataFolder } from '../kit/open-data-folder.ts'
import { spawnServer } from '../kit/spawned-server.ts'

const fixtures = join(import.meta.dirname, '../fixtures')
const folders = globSync('data-*.tar.gz', { cwd: fixtures }).sort()
/** Releases before there was a library. */
const withoutArtifacts = ['data-0.1.0.tar.gz', 'data-0.2.0.tar.gz']
const launcher = join(import.meta.dirname, '../../bin/lading.js')

test('there is a data folder of every release to open', () => {
  for (const release of ['0.1.0', '0.2.0', '0.3.0']) assert.ok(folders.includes(`data-${release}.tar.gz`))
})

for (const archive of folders) {
  test(`${basename(archive, '.tar.gz')} opens, and holds what was put into it`, async () => {
    const root = await mkdtemp(join(tmpdir(), 'lading-older-'))
    try {
      execFileSync('tar', ['-C', root, '-xzf', join(fixtures, archive)])
      const data = join(root, 'data')
      const args = [launcher, 'serve', '--listen', '127.0.0.1:0', '--data', data]
      const server = await spawnServer(process.execPath, args, { cwd: root, env: machineEnvironment(root) })
      try {
        await holdsContent(server.url)
        await holdsUpload(server.url, await readFile(join(data, 'unfinished-upload'), 'utf8'))
        assert.equal((await server.end('SIGTERM')).code, 0)
      } finally {
        server[Symbol.dispose]()
      }
      if (!withoutArtifacts.includes(archive)) await holdsArtifacts(data)
      await checkRows(data)
    } finally {
      await rm(root, { recursive: true, force: true })
    }
  })
}

async function checkRows(data: string): Promise<void> {
  await using opened = await openDataFolder(data, Date.now)
  await checkInvariants(opened.core)
  const report = await scrub(opened.core, { readContent: true }, () => {}, new AbortController().signal)
  assert.deepEqual([report.findings, report.sound], [[], true])
  assert.ok(report.blobs > 0 && report.records > 0 && report.files > 0)
}
