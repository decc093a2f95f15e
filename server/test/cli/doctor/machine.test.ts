import assert from 'node:assert/strict'
import { chmod, chown, mkdir, mkdtemp, readdir, rm, truncate, utimes, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { clockCheck } from '../../../src/cli/doctor/clock.ts'
import { dataFolderCheck } from '../../../src/cli/doctor/data-folder.ts'
import { fileSystemCheck } from '../../../src/cli/doctor/file-system.ts'
import { flushTimeCheck } from '../../../src/cli/doctor/flush-time.ts'
import { freeSpaceCheck } from '../../../src/cli/doctor/free-space.ts'
import { nodeVersionCheck } from '../../../src/cli/doctor/node-version.ts'
import { oldCopiesCheck } from '../../../src/cli/doctor/old-copies.ts'
import { openFilesCheck } from '../../../src/cli/doctor/open-files.ts'
import { portCheck } from '../../../src/cli/doctor/port.ts'
import { publicUrlCheck } from '../../../src/cli/doctor/public-url.ts'
import { writeAheadLogCheck } from '../../../src/cli/doctor/write-ahead-log.ts'
import { fakeStatus } from '../../kit/fake-operator.ts'
import { patientWith, told } from './patient.ts'

let data = ''
before(async () => {
  data = await mkdtemp(join(tmpdir(), 'lading-doctor-'))
})
after(() => rm(data, { recursive: true, force: true }))

test('Node', async () => {
  assert.deepEqual(await told(nodeVersionCheck('26.9.1'), patientWith()), ['ok: 26.9.1'])
  assert.match(
    (await told(nodeVersionCheck('28.0.0'), patientWith()))[0] ?? '',
    /^warning: Node 28.0.0 runs it/,
  )
})

test('the data folder: there, to be made, no folder, of another owner', async () => {
  const at = (folder: string): ReturnType<typeof told> => told(dataFolderCheck, patientWith({ data: folder }))
  assert.deepEqual(await at(data), [`ok: ${data} can be read and written`])
  assert.deepEqual(await at(join(data, 'a', 'b')), [
    `ok: ${join(data, 'a', 'b')} is not there yet; \`lading serve\` makes it`,
  ])
  await writeFile(join(data, 'file'), '')
  assert.deepEqual(await at(join(data, 'file')), [`problem: ${join(data, 'file')} is not a folder`])
})

test('the data folder is open to other users of the machine, whoever may pull', async () => {
  const open = join(data, 'open')
  await mkdir(open)
  const patient = patientWith({ data: open })
  for (const mode of [0o755, 0o711, 0o704]) {
    await chmod(open, mode)
    const [finding] = await dataFolderCheck.run(patient)
    assert.equal(finding?.state, 'warning')
    assert.match(finding?.says ?? '', /is open to every user of this machine/)
    assert.equal(finding?.mend, `sudo chmod o-rwx ${open}`)
  }
  await chmod(open, 0o750)
  assert.match((await told(dataFolderCheck, patient))[0] ?? '', /^ok: /)
})

test('the data folder holds files of another user', {
  skip: process.getuid?.() === 0 ? false : 'only root may give a file to another user',
}, async () => {
  const mixed = join(data, 'mixed')
  await mkdir(mixed)
  await writeFile(join(mixed, 'lading.db'), '')
  await chown(join(mixed, 'lading.db'), 65_534, 65_534)
  const [finding] = await dataFolderCheck.run(patientWith({ data: mixed }))
  assert.equal(finding?.state, 'problem')
  assert.equal(finding?.says, `lading.db in ${mixed} belong to another user than the folder itself`)
  assert.equal(finding?.mend, `sudo chown -R 0:0 ${mixed}`)
})

test('file systems that may lose what they were given', {
  skip: process.platform === 'linux' ? false : 'its numbers are those of Linux',
}, async () => {
  const on = (type: number): ReturnType<typeof told> =>
    told(
      fileSystemCheck(async () => type),
      patientWith({ data }),
    )
  assert.match((await on(0x6969))[0] ?? '', /^warning: .* is on NFS: locks and flushes may not hold/)
  // As statfs tells it where its number is a signed one.
  assert.match((await on(0xff534d42 - 2 ** 32))[0] ?? '', /^warning: .* is on CIFS/)
  assert.match((await on(0x01021994))[0] ?? '', /^warning: .* is on tmpfs: all of it is gone/)
  assert.match((await on(0x794c7630))[0] ?? '', /^warning: .* is on an overlay/)
  assert.match((await on(0xef53))[0] ?? '', /^ok: /)
  assert.deepEqual(await told(fileSystemCheck(), patientWith({ data }, { hasData: false })), [])
})

test('space and inodes', async () => {
  const mib = 1024 * 1024
  const with_ = (free: number, files = 0, ffree = 0): ReturnType<typeof told> =>
    told(
      freeSpaceCheck(async () => ({ bsize: mib, bavail: free, files, ffree })),
      patientWith({ 'limits-min-free-bytes': '100 MiB' }),
    )
  assert.deepEqual(await with_(1000), ['ok: 1000 MiB are free'])
  assert.deepEqual(await with_(700), ['warning: only 700 MiB are free'])
  assert.match(
    (await with_(99))[0] ?? '',
    /^problem: 99.0 MiB are free and limits.minFreeBytes wants 100 MiB/,
  )
  assert.deepEqual((await with_(1000, 1000, 19))[1], 'warning: only 19 of 1000 inodes are free')
  assert.deepEqual((await with_(1000, 1000, 0))[1], 'problem: 0 of 1000 inodes are free: no file can be made')
})

test('a slow disk, by the middle of some tries; the try leaves nothing', async () => {
  const times = [900, 3, 4, 2, 80]
  const slow = await told(
    flushTimeCheck(async () => times.shift() ?? 0),
    patientWith({ data }),
  )
  assert.deepEqual(slow, ['ok: the disk takes 4.0 ms to keep a small write'])
  assert.match(
    (
      await told(
        flushTimeCheck(async () => 120),
        patientWith({ data }),
      )
    )[0] ?? '',
    /^warning: the disk takes 120 ms to keep a small write, and every push waits/,
  )
  const before = await readdir(data)
  assert.match((await told(flushTimeCheck(), patientWith({ data })))[0] ?? '', / ms to keep a small write/)
  assert.deepEqual(await readdir(data), before)
})

test('open files, of the server where one runs', async () => {
  const pids: number[] = []
  const with_ = (most: string, patient = patientWith({ threads: '4' })): ReturnType<typeof told> =>
    told(
      openFilesCheck(async (pid) => {
        pids.push(pid)
        return `Limit   Soft Limit  Hard Limit  Units\nMax open files            1024      ${most}      files \n`
      }),
      patient,
    )
  assert.deepEqual(await with_('unlimited'), ['ok: any number may be open'])
  assert.deepEqual(await with_('100000'), ['ok: 100000 may be open'])
  assert.deepEqual(await with_('4096', patientWith({ threads: '4' }, { server: fakeStatus })), [
    'warning: 4096 files may be open at once, and limits.connections (4096) may want 8640: a server takes fewer connections then',
  ])
  assert.deepEqual(pids, [process.pid, process.pid, fakeStatus.pid])
  assert.deepEqual(
    await told(
      openFilesCheck(async () => undefined),
      patientWith(),
    ),
    [],
  )
})

test('the port: free, taken by a stranger, by this Lading, by another one', async () => {
  let answer: string | undefined
  const there = createServer((_request, response) => void response.end(answer))
  await new Promise<void>((resolve) => there.listen(0, '127.0.0.1', resolve))
  const { port } = there.address() as AddressInfo
  const taken = patientWith({ listen: `127.0.0.1:${port}` })
  try {
    answer = 'hello'
    assert.match(
      (await told(portCheck, taken))[0] ?? '',
      /^problem: .* is taken by a program that is no Lading$/,
    )
    answer = JSON.stringify({ ready: true, parts: { store: 'ok', blobs: 'ok' } })
    assert.match(
      (await told(portCheck, taken))[0] ?? '',
      /^problem: .* by a Lading with another data folder$/,
    )
    const running = { ...taken, server: fakeStatus }
    assert.deepEqual(await told(portCheck, running), [
      `ok: the Lading that listens on 127.0.0.1:${port} is ready`,
    ])
    answer = JSON.stringify({ ready: false, parts: { store: 'ok', space: 'too little' } })
    assert.deepEqual(await told(portCheck, running), [
      `problem: the Lading that listens on 127.0.0.1:${port} is not ready: space: too little`,
    ])
    const silent = { ...taken, runs: true }
    answer = JSON.stringify({ ready: false, parts: { store: 'it fails', space: 'too little' } })
    assert.deepEqual(await told(portCheck, silent), [
      `problem: the Lading that listens on 127.0.0.1:${port} is not ready: store: it fails; space: too little`,
    ])
  } finally {
    await new Promise((resolve) => there.close(resolve))
  }
  assert.deepEqual(await told(portCheck, taken), [`ok: 127.0.0.1:${port} is free`])
  assert.deepEqual(await told(portCheck, patientWith({ listen: '127.0.0.1:0' })), ['ok: any free one'])
})

test('the public URL, while a server runs', async () => {
  let status = 200
  const there = createServer((_request, response) => void response.writeHead(status).end('{}'))
  await new Promise<void>((resolve) => there.listen(0, '127.0.0.1', resolve))
  const publicUrl = `http://127.0.0.1:${(there.address() as AddressInfo).port}`
  const patient = patientWith({ 'public-url': publicUrl }, { server: fakeStatus })
  try {
    assert.deepEqual(await told(publicUrlCheck, patient), [`ok: ${publicUrl}/v2/ answers as a registry`])
    status = 401
    assert.deepEqual(await told(publicUrlCheck, patient), [`ok: ${publicUrl}/v2/ answers as a registry`])
    status = 502
    assert.deepEqual(await told(publicUrlCheck, patient), [
      `warning: ${publicUrl}/v2/ answers 502, and not as a registry`,
    ])
  } finally {
    await new Promise((resolve) => there.close(resolve))
  }
  assert.match((await told(publicUrlCheck, patient))[0] ?? '', /^warning: .* cannot be reached/)
  assert.deepEqual(await told(publicUrlCheck, patientWith({ 'public-url': publicUrl })), [])
})

test('a clock that is wrong, or has gone back', async () => {
  const clock = join(data, 'clock')
  await mkdir(clock)
  await writeFile(join(clock, 'lading.db'), '')
  const now = Date.UTC(2026, 5, 1)
  const written = (ms: number): Promise<void> => utimes(join(clock, 'lading.db'), ms / 1000, ms / 1000)
  const at = (now: number, rest = {}): ReturnType<typeof told> =>
    told(clockCheck, patientWith({ data: clock }, { now, ...rest }))
  await written(now - 1000)
  assert.deepEqual(await at(now), ['ok: 2026-06-01T00:00:00.000Z'])
  assert.match((await at(0))[0] ?? '', /^problem: this machine believes that it is 1970/)
  const standing = { ...fakeStatus, lastMoveAt: now + 120_000 }
  assert.match((await at(now, { standing }))[0] ?? '', /^problem: .* the clock has gone back$/)
  await written(now + 120_000)
  assert.match((await at(now))[0] ?? '', /written at 2026-06-01T00:02:00.000Z: the clock has gone back$/)
})

test('what stands in the folder: a log that is too long, and copies from before an upgrade', async () => {
  const full = join(data, 'full')
  await mkdir(full)
  const patient = patientWith({ data: full })
  assert.deepEqual(await told(writeAheadLogCheck, patient), ['ok: 0.0 MiB'])
  assert.deepEqual(await told(oldCopiesCheck, patient), [])
  const wal = join(full, 'lading.db-wal')
  await writeFile(wal, '')
  await truncate(wal, 300 * 1024 * 1024)
  assert.match((await told(writeAheadLogCheck, patient))[0] ?? '', /^warning: lading.db-wal has 300 MiB/)
  const copy = join(full, 'lading-before-version-2.db')
  await writeFile(copy, new Uint8Array(1024 * 1024))
  const [finding] = await oldCopiesCheck.run(patient)
  assert.equal(finding?.says, '1 copy of the database from before a migration takes 1.0 MiB')
  assert.equal(finding?.mend, `once this release is to stay: rm ${copy}`)
  await chmod(copy, 0o600)
})
