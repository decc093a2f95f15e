import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Status } from '../../../src/boot/operator.ts'
import { accessCheck } from '../../../src/cli/doctor/access.ts'
import { auditCheck } from '../../../src/cli/doctor/audit.ts'
import { certificateCheck } from '../../../src/cli/doctor/certificate.ts'
import { contentCheck } from '../../../src/cli/doctor/content.ts'
import { databaseCheck } from '../../../src/cli/doctor/database.ts'
import { jobsCheck } from '../../../src/cli/doctor/jobs.ts'
import { trashCheck } from '../../../src/cli/doctor/trash.ts'
import { fakeStatus } from '../../kit/fake-operator.ts'
import { madeCertificate } from '../made-certificate.ts'
import { patientWith, told } from './patient.ts'

const hash = '$scrypt$ln=15,r=8,p=1$YWFhYWFhYWFhYWFhYWFhYQ$YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE'
const users = JSON.stringify(['ann', 'bob'].map((name) => ({ name, passwordHash: hash })))

test('access: who may do more, or less, than is probably meant', async () => {
  const cases: [flags: Record<string, string>, expected: string[]][] = [
    [{}, ['ok: anyone may pull, anyone may push']],
    [{ users, 'access-write': 'ann,bob' }, ['ok: anyone may pull, ann, bob may push']],
    [
      { listen: '0.0.0.0:7070', 'access-allow-anonymous-write': 'true' },
      ['warning: anyone on the network may push and delete (access.allowAnonymousWrite)'],
    ],
    [
      { 'public-url': 'https://r.example' },
      ['warning: anyone who reaches https://r.example may push and delete'],
    ],
    [{ 'public-url': 'http://localhost:8080' }, ['ok: anyone may pull, anyone may push']],
    [{ users }, ['warning: there are users (ann, bob), and everything is open to anyone without a password']],
    [{ users, 'access-read': 'ann', 'access-write': 'ann' }, ['warning: bob can log in and may do nothing']],
    [
      { users, 'access-read': 'ann', 'access-write': 'ann', 'access-metrics': 'bob' },
      ['ok: ann may pull, ann may push'],
    ],
  ]
  for (const [flags, expected] of cases) {
    assert.deepEqual(await told(accessCheck, patientWith(flags)), expected, JSON.stringify(flags))
  }
})

test('access: what the first account opens and closes', async () => {
  const [before, after] = [false, true].map((hasAccounts) => ({ ...fakeStatus, hasAccounts }))
  const network = { listen: '0.0.0.0:7070' }
  const nobody = ['warning: nobody may push until the first account is made']
  const byAccount = ['ok: anyone may pull, accounts with the right may push']
  const cases: [flags: Record<string, string>, standing: Status | undefined, expected: string[]][] = [
    [network, undefined, nobody],
    [network, before, nobody],
    [network, after, byAccount],
    [{}, before, ['ok: anyone may pull, anyone may push']],
    [{}, after, byAccount],
    [{ 'public-url': 'https://r.example' }, after, byAccount],
    [{ users }, after, byAccount],
    [
      { users, 'access-write': 'ann,bob' },
      after,
      ['ok: anyone may pull, ann, bob, accounts with the right may push'],
    ],
    [
      { ...network, 'access-allow-anonymous-write': 'true' },
      after,
      ['warning: anyone on the network may push and delete (access.allowAnonymousWrite)'],
    ],
  ]
  for (const [flags, standing, expected] of cases) {
    const patient = patientWith(flags, standing && { standing })
    assert.deepEqual(
      await told(accessCheck, patient),
      expected,
      JSON.stringify([flags, standing?.hasAccounts]),
    )
  }
})

test('jobs, content and trash, as the registry says', async () => {
  const now = Date.UTC(2026, 5, 1)
  const hour = 3_600_000
  const dead = { ...fakeStatus, jobs: { ready: 0, due: 0, running: 0, dead: 2 } }
  assert.deepEqual(await told(jobsCheck, patientWith({}, { standing: dead })), [
    'warning: 2 jobs failed too often, and are not tried any more',
  ])
  assert.deepEqual(await told(jobsCheck, patientWith({}, { standing: fakeStatus })), [
    'ok: none has failed too often',
  ])
  const damaged = { ...fakeStatus, damaged: 1 }
  assert.deepEqual(await told(contentCheck, patientWith({}, { standing: damaged })), [
    'problem: 1 blob is damaged, and not given out',
  ])
  const trash = (dueAt: number): Status => ({ ...fakeStatus, trash: { files: 3, dueAt } })
  const late = trash(now - 25 * hour)
  assert.deepEqual(await told(trashCheck, patientWith({}, { now, standing: late, server: late })), [
    'warning: 3 files should have gone, the first of them 1d 1h ago',
  ])
  assert.deepEqual(await told(trashCheck, patientWith({}, { now, standing: late })), [
    'ok: 3 files, which go once a server runs',
  ])
  const soon = trash(now + hour)
  assert.deepEqual(await told(trashCheck, patientWith({}, { now, standing: soon, server: soon })), [
    'ok: 3 files, which go in their time',
  ])
  for (const check of [jobsCheck, contentCheck, trashCheck]) {
    assert.deepEqual(await told(check, patientWith()), [], 'nobody could be asked')
  }
})

test('the audit log: what is sealed, and what waits for too long', async () => {
  const now = Date.UTC(2026, 5, 1)
  const waiting = (ageMs: number, upMs: number): Status => ({
    ...fakeStatus,
    startedAt: now - upMs,
    unsealed: { entries: 3, oldestAt: now - ageMs },
  })
  const found = async (standing: Status, runs = true): Promise<string[]> =>
    await told(auditCheck, patientWith({}, { now, standing, ...(runs && { server: standing }) }))
  assert.deepEqual(await found(fakeStatus), ['ok: all of its entries are sealed'])
  assert.deepEqual(await found(waiting(5_000, 60_000)), [
    'ok: 3 entries just written, which are about to be sealed',
  ])
  const late = 'warning: 3 entries are not sealed, the oldest for 1m 2s: changes of them would not be found'
  assert.deepEqual(await found(waiting(62_000, 600_000)), [late])
  assert.deepEqual(await found(waiting(600_000, 62_000)), [late], 'it has run for so long alone')
  assert.deepEqual(await found(waiting(600_000, 60_000), false), [
    'ok: 3 entries, which are sealed once a server runs',
  ])
  assert.deepEqual(await told(auditCheck, patientWith()), [], 'nobody could be asked')
})

test('the database: whole, damaged, newer, older', async () => {
  const found = (version: number, faults: string[] = []): ReturnType<typeof told> =>
    told(
      databaseCheck(async () => ({ version, known: 2, faults })),
      patientWith(),
    )
  assert.deepEqual(await found(2), ['ok: lading.db is whole'])
  assert.match((await found(1))[0] ?? '', /^ok: .* brings it from version 1 to 2$/)
  assert.match((await found(3))[0] ?? '', /^problem: lading.db is at schema version 3/)
  assert.deepEqual(await found(2, ['row 3 missing from index']), [
    'problem: lading.db is damaged: row 3 missing from index',
  ])
})

test('the certificate: its time, its name, its key', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lading-doctor-tls-'))
  try {
    const day = 86_400_000
    const pair = madeCertificate(folder, 'own', 'DNS:r.example,IP:127.0.0.1', 90)
    const other = madeCertificate(folder, 'other')
    const at = (now: number, flags: Record<string, string> = {}): ReturnType<typeof told> => {
      const given = { 'tls-cert': pair.cert, 'tls-key': pair.key, ...flags }
      const pem = '-----BEGIN CERTIFICATE-----'
      const files = { [pair.cert]: pem, [pair.key]: pem, [other.key]: pem }
      return told(certificateCheck, patientWith(given, { now }, files))
    }
    const now = Date.now()
    assert.match((await at(now)).join(), /^ok: .*own\.crt is good until \d{4}-\d\d-\d\d$/)
    assert.match((await at(now + 80 * day)).join(), /^warning: .* expires on \S+, in 9 days$/)
    assert.match((await at(now + 91 * day)).join(), /^problem: .* has expired on/)
    assert.match((await at(now - day)).join(), /^problem: .* which is still to come$/)
    assert.match((await at(now, { 'public-url': 'https://r.example' })).join(), /^ok: [^,]*$/)
    assert.match((await at(now, { 'public-url': 'https://127.0.0.1' })).join(), /^ok: [^,]*$/)
    assert.match(
      (await at(now, { 'public-url': 'https://s.example' })).join(),
      /,warning: the certificate is not for s.example of publicUrl; its names: DNS:r.example, IP Address:127.0.0.1$/,
    )
    assert.match(
      (await at(now, { 'tls-key': other.key })).join(),
      /^problem: .*the key is not that of the certificate/,
    )
    assert.deepEqual(await told(certificateCheck, patientWith()), [])
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
