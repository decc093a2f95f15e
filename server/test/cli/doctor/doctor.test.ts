import assert from 'node:assert/strict'
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Check, ok, problem, warning } from '../../../src/cli/doctor/check.ts'
import { doctorWith } from '../../../src/cli/doctor.ts'
import { openDataFolder } from '../../kit/open-data-folder.ts'
import { filledFolder } from '../filled-folder.ts'
import { runLine } from '../run-line.ts'
import { invocationIn, TestWorld } from '../test-world.ts'

async function diagnose(
  checks: readonly Check[],
  switches: string[] = [],
): Promise<{ code: number; lines: string[] }> {
  const world = new TestWorld()
  const invocation = { ...invocationIn(world), values: { data: '/nowhere' }, switches: new Set(switches) }
  return { code: await doctorWith(checks).run(invocation), lines: world.printed }
}

const fine: Check = { name: 'one', run: () => [ok('it is well')] }
const doubtful: Check = { name: 'two', run: () => [warning('it may go wrong', 'do something')] }
const wrong: Check = { name: 'three', run: async () => [problem('it is wrong', 'do it')] }

test('each finding is a line, with what mends it; a problem is a failure, a warning is none', async () => {
  const first = await diagnose([fine, doubtful])
  assert.equal(first.code, 0)
  assert.deepEqual(first.lines, [
    'ok       configuration: there is no file; flags, environment and defaults',
    'ok       one: it is well',
    'WARNING  two: it may go wrong',
    '         To mend it: do something',
    '',
    '0 problems, 1 warning',
  ])
  const second = await diagnose([wrong, doubtful, fine], ['json'])
  assert.equal(second.code, 1)
  const { problems, warnings, findings } = JSON.parse(second.lines.join(''))
  assert.deepEqual([problems, warnings, findings.length], [1, 1, 4])
  assert.deepEqual(findings[1], { check: 'three', state: 'problem', says: 'it is wrong', mend: 'do it' })
})

test('a check that fails is a problem of its own, and keeps no other from being made', async () => {
  const broken: Check = { name: 'broken', run: () => Promise.reject(new Error('EIO')) }
  const { code, lines } = await diagnose([broken, fine])
  assert.equal(code, 1)
  assert.deepEqual(lines.slice(1, 4), [
    'PROBLEM  broken: it could not be looked at: EIO',
    '         To mend it: run `lading doctor` as the user that Lading runs as',
    'ok       one: it is well',
  ])
})

test('on a terminal it tells what it looks at, and leaves nothing of that', async () => {
  class Terminal extends TestWorld {
    readonly screen: { columns: number } = { columns: 15 }
  }
  const world = new Terminal()
  await doctorWith([fine, wrong]).run({ ...invocationIn(world), values: { data: '/nowhere' } })
  const clear = '\r\u001b[K'
  assert.deepEqual(world.asked, [`${clear}looking at: on`, `${clear}looking at: th`, clear])
})

test('mistakes of the configuration are all that is told', async () => {
  const { code, out } = await runLine('doctor --json --listen nowhere --cache-bytes x')
  assert.equal(code, 1)
  const { findings } = JSON.parse(out)
  assert.deepEqual(
    findings.map(({ check, state }: { check: string; state: string }) => [check, state]),
    [
      ['configuration', 'problem'],
      ['configuration', 'problem'],
    ],
  )
  assert.match(findings[0].says, /^--listen: listen wants host:port/)
})

test('on a sound folder it finds no problem, and changes nothing', async () => {
  await using filled = await filledFolder()
  // Readers alone leave an empty write-ahead log.
  const names = async (): Promise<string[]> =>
    (await readdir(filled.data)).filter((name) => !/-(wal|shm)$/.test(name)).sort()
  const before = await names()
  const { code, out } = await runLine(`doctor --json --listen 127.0.0.1:0 --data ${filled.data}`)
  const { findings } = JSON.parse(out) as { findings: { check: string; state: string; says: string }[] }
  assert.deepEqual(
    findings.filter(({ state }) => state === 'problem'),
    [],
  )
  assert.equal(code, 0)
  const saidOf = (name: string): string | undefined => findings.find(({ check }) => check === name)?.says
  assert.equal(saidOf('database'), 'lading.db is whole')
  assert.equal(saidOf('jobs'), 'none has failed too often')
  assert.equal(saidOf('content'), 'none is known to be damaged; `lading scrub` reads all of it')
  assert.deepEqual(await names(), before)
})

test('where a server has the folder and does not hear, that is a problem', async () => {
  await using filled = await filledFolder()
  await using _held = await openDataFolder(filled.data, Date.now)
  const { code, out } = await runLine(`doctor --json --listen 127.0.0.1:0 --data ${filled.data}`)
  assert.equal(code, 1)
  const { findings } = JSON.parse(out)
  assert.equal(findings[1].check, 'registry')
  assert.match(findings[1].says, /in use by another running Lading/)
})

test('a database that is none is a problem', async () => {
  await using filled = await filledFolder()
  const data = join(filled.root, 'broken')
  await mkdir(data)
  await writeFile(join(data, 'lading.db'), 'this is no database, whatever its name says'.repeat(50))
  const { code, out } = await runLine(`doctor --json --listen 127.0.0.1:0 --data ${data}`)
  assert.equal(code, 1)
  const { findings } = JSON.parse(out) as { findings: { check: string; state: string; says: string }[] }
  const [found] = findings.filter(({ check }) => check === 'database')
  assert.equal(found?.state, 'problem')
  assert.match(found?.says ?? '', /not a database/)
  await rm(data, { recursive: true })
})
