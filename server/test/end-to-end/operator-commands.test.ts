import assert from 'node:assert/strict'
import { once } from 'node:events'
import {
  chmod,
  chown,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { test } from 'node:test'
import { markHalfRestored } from '../../src/adapters/store/sqlite/restore-mark.ts'
import { startServer } from '../../src/boot/server.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import { filledFolder } from '../cli/filled-folder.ts'
import { runLine, runWell } from '../cli/run-line.ts'
import { inputOf } from '../config/given-config.ts'
import { checkInvariants } from '../core/invariants.ts'
import { openDataFolder } from '../kit/open-data-folder.ts'
import { codeOf } from '../kit/second-browser.ts'
import { until } from '../kit/until.ts'

/** A real server in this process, on the folder. */
async function serving(
  data: string,
  more: Readonly<Record<string, string>> = {},
): Promise<AsyncDisposable & { readonly url: string }> {
  const flags = { listen: '127.0.0.1:0', data, threads: '1', 'log-level': 'error', ...more }
  const loaded = loadConfig(inputOf({ flags }))
  if ('mistakes' in loaded) throw new Error(JSON.stringify(loaded.mistakes))
  const server = await startServer(loaded.config)
  return { url: server.url, [Symbol.asyncDispose]: () => server.close() }
}

const commands = (folder: string): string[] => [
  'status',
  'jobs',
  'jobs --revive all',
  'gc',
  'gc --dry-run',
  'scrub',
  `backup ${folder}/copy`,
  `export acme/app ${folder}/layout`,
  `import ${folder} acme/app`,
]

test('where there is no data folder, each says so and makes none', async () => {
  const root = await mkdtemp(join(tmpdir(), 'lading-operator-'))
  try {
    for (const command of commands(root)) {
      const { code, out, err } = await runLine(`${command} --data ${root}/none`)
      assert.deepEqual([code, out], [1, ''], command)
      assert.match(err, /there is no data folder .*\/none; name it with --data/)
      const json = await runLine(`${command} --data ${root}/none --json`)
      assert.match(JSON.parse(json.err).error, /there is no data folder/)
    }
    const { code, err } = await runLine(`gc --data ${root}`)
    assert.equal(code, 1)
    assert.match(err, /holds no registry: there is no lading.db/)
    assert.deepEqual(await readdir(root), [])
  } finally {
    await rm(root, { recursive: true, force: true })
  }
})

test('where a server has the folder and does not hear, each says that', async () => {
  await using filled = await filledFolder()
  await using _held = await openDataFolder(filled.data, Date.now)
  for (const command of commands(filled.root)) {
    const { code, out, err } = await runLine(`${command} --data ${filled.data}`)
    assert.deepEqual([code, out], [1, ''], command)
    assert.match(err, /a Lading runs on .*, and does not hear there/)
  }
})

test('status says the same of a folder, with a server on it or without', async () => {
  await using filled = await filledFolder()
  const env = { LADING_NAMESPACES: '{"acme":{"quota":{"manifests":7}}}' }
  const without = JSON.parse((await runWell(`status --json --data ${filled.data}`, { env })).out)
  assert.equal(without.running, false)
  assert.deepEqual(without.namespaces[0].quota, { manifests: 7 })
  const bytes = [filled.image.manifest, filled.image.config, ...filled.image.layers, filled.forgotten]
    .map((content) => content.bytes.length)
    .reduce((a, b) => a + b)
  assert.deepEqual(without.total, { bytes, repositories: 1, manifests: 1 })
  const { out } = await runWell(`status --data ${filled.data}`, { env })
  assert.match(out, /^Lading \S+ \(Node \S+\) does not run here\n/)
  assert.match(out, /\nHolds 1 repository, 1 manifest, 0\.2 MiB\n/)
  assert.match(out, /\nNAMESPACE +USES +REPOSITORIES +MANIFESTS\nacme +0\.2 MiB +1 +1 of 7$/)
  await using _server = await serving(filled.data)
  const within = JSON.parse((await runWell(`status --json --data ${filled.data}`)).out)
  assert.deepEqual(
    [within.running, within.pid, within.total, within.data],
    [true, process.pid, without.total, filled.data],
  )
  assert.match((await runWell(`status --data ${filled.data}`)).out, / runs for \S+, as process \d+\n/)
})

test('gc --dry-run tells what would go and why, and changes nothing; gc does it', async () => {
  for (const withServer of [false, true]) {
    await using filled = await filledFolder()
    await using _server = withServer ? await serving(filled.data) : undefined
    const dry = await runWell(`gc --dry-run --data ${filled.data}`)
    const { digest } = filled.forgotten
    assert.match(dry.out, new RegExp(`^blobs of repositories:\n  acme/app@${digest}.*: no manifest names it`))
    assert.match(dry.out, /\nblobs of repositories +1/)
    assert.equal(dry.asked, '', 'no terminal, no progress')
    const again = JSON.parse((await runWell(`gc --dry-run --json --data ${filled.data}`)).out)
    assert.deepEqual(
      [again.dryRun, again.complete, again.by.holding.count, again.by.content.count, again.items[0].digest],
      [true, true, 1, 1, digest],
    )
    const done = JSON.parse((await runWell(`gc --json --data ${filled.data}`)).out)
    assert.deepEqual([done.dryRun, done.by.holding.count, done.by.content.count], [false, 1, 1])
    assert.equal((await runWell(`gc --data ${filled.data}`)).out, 'There is nothing to remove.')
    const { total, trash } = JSON.parse((await runWell(`status --json --data ${filled.data}`)).out)
    assert.deepEqual([total.manifests, trash.files], [1, 1])
  }
})

test('scrub ends well on what is sound, and with 3 on damage', async () => {
  await using filled = await filledFolder()
  const sound = await runWell(`scrub --data ${filled.data}`)
  assert.match(sound.out, /^Looked at 5 blobs \(0\.2 MiB\), 2 files and \d+ records: all is sound$/)
  const damaged = await damageOne(filled.data)
  const quick = await runWell(`scrub --quick --data ${filled.data}`)
  assert.match(quick.out, /all is sound$/, 'a changed byte is seen by who reads it')
  await using _server = await serving(filled.data)
  const json = await runLine(`scrub --json --data ${filled.data}`)
  assert.equal(json.code, 3)
  const report = JSON.parse(json.out)
  assert.deepEqual([report.sound, report.found], [false, { changed: 1 }])
  const { code, out } = await runLine(`scrub --data ${filled.data}`)
  assert.equal(code, 3)
  assert.match(out, /^changed: sha256:[0-9a-f]{64} \(in acme\/app\): its bytes have the digest/)
  assert.match(out, /push it again to mend it\n.*: 1 fault found$/)
  assert.match((await runWell(`status --data ${filled.data}`)).out, /\nDamaged: 1 blob; see `lading scrub`\n/)
  await damaged.mend()
  assert.equal((await runLine(`scrub --data ${filled.data}`)).code, 0)
})

/** One byte of a file of content is another. */
async function damageOne(data: string): Promise<{ mend(): Promise<void> }> {
  const blobs = join(data, 'blobs')
  const names = (await readdir(blobs, { recursive: true, withFileTypes: true })).filter(
    (each) => each.isFile() && each.name !== 'owner',
  )
  const [found] = names
  assert.ok(found)
  const path = join(found.parentPath, found.name)
  const before = await readFile(path)
  await chmod(path, 0o644)
  const handle = await open(path, 'r+')
  await handle.write(Uint8Array.of((before[10] ?? 0) ^ 1), 0, 1, 10)
  await handle.close()
  return { mend: () => writeFile(path, before) }
}

test('a backup, of a folder or of a server, comes back as what it was', async () => {
  for (const withServer of [false, true]) {
    await using filled = await filledFolder()
    const copy = join(filled.root, 'copy')
    const status = JSON.parse((await runWell(`status --json --data ${filled.data}`)).out)
    {
      await using _server = withServer ? await serving(filled.data) : undefined
      const first = await runWell(`backup ${copy} --data ${filled.data}`)
      assert.match(first.out, /has the registry as of \S+Z: 2 files \(0\.2 MiB\)/)
      assert.match(first.out, /\nCopied 2 files \(0\.2 MiB\), removed 0/)
      const second = JSON.parse((await runWell(`backup ${copy} --verify --json --data ${filled.data}`)).out)
      assert.deepEqual([second.files, second.copied.files, second.sound], [2, 0, true])
      if (withServer) {
        const refused = await runLine(`restore ${copy} --data ${filled.data}`)
        assert.equal(refused.code, 1)
        assert.match(refused.err, /a Lading runs on .*; stop it first/)
      }
    }
    const onto = await runLine(`restore ${copy} --data ${filled.data}`)
    assert.equal(onto.code, 1)
    assert.match(onto.err, /holds a registry already/)
    const other = join(filled.root, 'other')
    const restored = await runWell(`restore ${copy} --data ${other}`)
    assert.match(restored.out, /holds the registry as of .*, backed up by Lading \S+: 2 files/)
    assert.match(restored.out, new RegExp(`\nStart it: lading serve --data ${other}$`))
    const now = JSON.parse((await runWell(`status --json --data ${other}`)).out)
    assert.deepEqual([now.total, now.namespaces], [status.total, status.namespaces])
    assert.match((await runWell(`scrub --data ${other}`)).out, /all is sound$/)
    await using opened = await openDataFolder(other, Date.now)
    await checkInvariants(opened.core)
  }
})

test('a registry that was made anew does not take the place of the backup of another', async () => {
  await using filled = await filledFolder()
  const copy = join(filled.root, 'copy')
  await runWell(`backup ${copy} --data ${filled.data}`)
  const before = (await readdir(copy, { recursive: true })).sort()
  // The disk of the data folder is not there, and a server has begun in its empty place.
  const empty = join(filled.root, 'empty')
  await (await openDataFolder(empty, Date.now))[Symbol.asyncDispose]()
  for (const withServer of [false, true]) {
    await using _server = withServer ? await serving(empty) : undefined
    const { code, out, err } = await runLine(`backup ${copy} --data ${empty}`)
    assert.deepEqual([code, out], [1, ''])
    assert.match(err, /backup of another registry, as of .*: name another folder/)
    assert.deepEqual((await readdir(copy, { recursive: true })).sort(), before)
  }
  const restored = join(filled.root, 'restored')
  await runWell(`restore ${copy} --data ${restored}`)
  assert.match((await runWell(`backup ${copy} --data ${restored}`)).out, /\nCopied 0 files/)
})

test('a restore goes into no folder that has anything of a registry, and leaves that as it is', async () => {
  await using filled = await filledFolder()
  const copy = join(filled.root, 'copy')
  const kept = join(filled.root, 'kept.db')
  await runWell(`backup ${copy} --data ${filled.data}`)
  await rename(join(filled.data, 'lading.db'), kept)
  const before = (await readdir(filled.data, { recursive: true })).sort()
  const { code, err } = await runLine(`restore ${copy} --data ${filled.data}`)
  assert.equal(code, 1)
  assert.match(err, /holds content of a registry whose records are not there: restore into another folder/)
  assert.deepEqual((await readdir(filled.data, { recursive: true })).sort(), before)
  await rename(kept, join(filled.data, 'lading.db'))
  assert.match((await runWell(`scrub --data ${filled.data}`)).out, /all is sound$/)
})

test('what is no backup is refused, and leaves no registry', async () => {
  await using filled = await filledFolder()
  const { code, err } = await runLine(`restore ${filled.root} --data ${filled.root}/new`)
  assert.equal(code, 1)
  assert.match(err, /^lading restore: invalid backup: /)
  await mkdir(join(filled.root, 'papers'))
  await writeFile(join(filled.root, 'papers', 'letter'), 'mine')
  const backed = await runLine(`backup ${filled.root}/papers --data ${filled.data}`)
  assert.equal(backed.code, 1)
  assert.match(backed.err, /^lading backup: .*name an empty folder/)
})

test('what is exported can be imported, as a folder and as an archive', async () => {
  await using filled = await filledFolder()
  for (const [path, withServer] of [
    [join(filled.root, 'layout'), false],
    [join(filled.root, 'layout.tar'), true],
  ] as const) {
    await using _server = withServer ? await serving(filled.data) : undefined
    const at = `--data ${filled.data}`
    const exported = await runWell(`export acme/app ${path} ${at}`)
    assert.match(exported.out, /has 1 tag, 1 manifest and 3 blobs: <0\.1 MiB$/)
    const to = `copy/${withServer ? 'b' : 'a'}`
    const imported = await runWell(`import ${path} ${to} --tag v9 ${at}`)
    assert.match(imported.out, new RegExp(`^${to} has got 1 manifest and 3 blobs .*\nTags: v9$`))
    const again = JSON.parse((await runWell(`import ${path} ${to} --json ${at}`)).out)
    assert.deepEqual([again.manifests, again.blobs, again.tags], [0, 0, ['v1']])
    const onto = await runLine(`export acme/app ${path} ${at}`)
    assert.equal(onto.code, 1)
    assert.match(onto.err, /something stands there already/)
    const unknown = await runLine(`export acme/none ${path}2.tar ${at}`)
    assert.deepEqual([unknown.code, unknown.err], [1, 'lading export: there is no repository "acme/none"'])
  }
})

test('names that can be none are a mistake of the command line', async () => {
  for (const line of [
    'export NO ./x',
    'export acme/app ./x -- -v1',
    'export acme/app ./x sha256:12',
    'import ./x acme//app',
    'import ./x acme/app --tag .v',
  ]) {
    const { code, out, err } = await runLine(
      `${line} --data /nowhere`.replace(/^(.*) (-- .*) (--data .*)$/, '$1 $3 $2'),
    )
    assert.deepEqual([code, out], [2, ''], line)
    assert.match(err, /invalid/)
  }
})

test('root is kept from leaving its own files in the folder of another user', {
  skip: process.getuid?.() === 0 ? false : 'only root may do so',
}, async () => {
  await using filled = await filledFolder()
  await chown(filled.data, 65_534, 65_534)
  const { code, err } = await runLine(`gc --data ${filled.data}`)
  assert.equal(code, 1)
  assert.match(err, /belongs to user 65534, .* sudo -u '#65534'$/)
})

test('a server that can make no socket serves all the same, and commands say what is wrong', async () => {
  await using filled = await filledFolder()
  // A folder stands in its place.
  await mkdir(join(filled.data, 'admin.sock'))
  await using server = await serving(filled.data)
  assert.equal((await fetch(`${server.url}/v2/acme/app/manifests/v1`)).status, 200)
  const { code, err } = await runLine(`status --data ${filled.data}`)
  assert.equal(code, 1)
  assert.match(err, /does not hear there: .*could make no socket/)
})

test('a server that stops lets nobody in any more while it waits for its operator', async () => {
  await using filled = await filledFolder()
  await using server = await serving(filled.data)
  // Half of a command: its connection is held until its time is over.
  const half = connect(join(filled.data, 'admin.sock'))
  half.write('POST /gc HTTP/1.1\r\nHost: lading\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n')
  await once(half, 'data')
  const stopped = server[Symbol.asyncDispose]()
  // Who has come before the end is let in still.
  await until(async () => {
    const refused = await fetch(`${server.url}/v2/`).then(
      () => undefined,
      (error: Error) => (error.cause as NodeJS.ErrnoException).code,
    )
    return refused === 'ECONNREFUSED'
  })
  assert.equal(half.destroyed, false, 'the operator was waited for')
  await stopped
  half.destroy()
})

test('a new setup link is made beside the server and without one, ends the one before, and none where there are accounts', async () => {
  await using filled = await filledFolder()
  const { data } = filled
  const account = { name: 'root', password: 'seven green kettles' }
  const open = async (link: string): Promise<number> => {
    const { origin, searchParams } = new URL(link)
    const body = new URLSearchParams({ ...account, email: '', token: searchParams.get('token') ?? '' })
    return (await fetch(`${origin}/setup`, { method: 'POST', body, redirect: 'manual' })).status
  }
  const made = async (line: string): Promise<string> =>
    (JSON.parse((await runWell(`setup-link --json --data ${data} ${line}`.trim())).out) as { setUp: string })
      .setUp
  const alone = await made('')
  assert.match(alone, /^http:\/\/127\.0\.0\.1:7070\/setup\?token=[0-9A-Za-z]{43}$/)
  await using server = await serving(data)
  const [first, second] = [await made(''), await made('')]
  for (const link of [first, second]) assert.ok(link.startsWith(`${server.url}/setup?token=`), link)
  const here = (link: string): string => link.replace('http://127.0.0.1:7070', server.url)
  assert.deepEqual([await open(here(alone)), await open(first)], [403, 403])
  assert.match(
    (await runWell(`status --data ${data}`)).out,
    /^Nobody has an account yet; `lading setup-link`/m,
  )
  assert.equal(await open(second), 303)
  assert.doesNotMatch((await runWell(`status --data ${data}`)).out, /Nobody has an account/)
  const refused = await runLine(`setup-link --data ${data}`)
  assert.deepEqual([refused.code, refused.out], [1, ''])
  assert.match(refused.err, /making a setup link is not allowed: there are accounts, .* `lading grant give`/)
  assert.equal(await open(second), 403)
})

test('a sole administrator who has lost their password gets another one, beside the server and without one', async () => {
  await using filled = await filledFolder()
  const { data } = filled
  const send = async (
    link: string,
    path: string,
    more: Readonly<Record<string, string>>,
  ): Promise<number> => {
    const { origin, searchParams } = new URL(link)
    const body = new URLSearchParams({ ...more, token: searchParams.get('token') ?? '' })
    return (await fetch(`${origin}${path}`, { method: 'POST', body, redirect: 'manual' })).status
  }
  const reset = async (more = ''): Promise<string> => {
    const { out } = await runWell(`reset-link root${more} --json --data ${data}`)
    const { password, until: end } = JSON.parse(out) as { password: string; until: string }
    assert.ok(Date.parse(end) > Date.now() && Date.parse(end) <= Date.now() + 3_600_000, end)
    return password
  }
  const isRoot = async (url: string, password: string): Promise<boolean> => {
    const authorization = `Basic ${Buffer.from(`root:${password}`).toString('base64')}`
    const answer = await fetch(`${url}/api/v1/me`, { headers: { authorization } })
    return answer.status === 200 && ((await answer.json()) as { principal: string }).principal === 'user:root'
  }
  const [lost, second, third] = ['seven green kettles', 'eleven calm lanterns', 'three loud windmills']
  {
    await using server = await serving(data)
    const none = await runLine(`reset-link root --data ${data}`)
    assert.deepEqual([none.code, none.out], [1, ''])
    assert.match(none.err, /root/)
    const { out } = await runWell(`setup-link --json --data ${data}`)
    const { setUp } = JSON.parse(out) as { setUp: string }
    assert.equal(await send(setUp, '/setup', { name: 'root', email: '', password: lost }), 303)
    const link = await reset()
    assert.ok(link.startsWith(`${server.url}/password?token=`), link)
    assert.equal(await isRoot(server.url, lost), true, 'a link that nobody has used changes nothing')
    assert.equal(await send(link, '/password', { password: second }), 303)
    assert.deepEqual([await isRoot(server.url, lost), await isRoot(server.url, second)], [false, true])
    assert.equal(await send(link, '/password', { password: third }), 403)
    const listed = (await runWell(`audit list --action link.make --json --data ${data}`)).out
    assert.match(listed, /"by": ?"system:operator"/)
    assert.match(listed, /"target": ?"user:root"/)
    assert.ok(!listed.includes(new URL(link).searchParams.get('token') ?? ''), 'the log tells the link')
    const post = async (path: string, body: object): Promise<Record<string, string>> => {
      const headers = {
        authorization: `Basic ${Buffer.from(`root:${second}`).toString('base64')}`,
        'content-type': 'application/json',
      }
      const init = { method: 'POST', headers, body: JSON.stringify(body) }
      const answer = await fetch(`${server.url}/api/v1/me/second-factor/${path}`, init)
      assert.equal(answer.status, 201, path)
      return (await answer.json()) as Record<string, string>
    }
    const { secret = '' } = await post('totp', { password: second })
    await post('totp/confirm', { code: codeOf(secret, Date.now()) })
    await reset()
    assert.equal(await isRoot(server.url, second), false, 'a second factor is asked for')
    await reset(' --second-factor')
    assert.equal(await isRoot(server.url, second), true)
    assert.match(
      (await runWell(`audit list --action factor.reset --json --data ${data}`)).out,
      /"before": ?"totp"/,
    )
  }
  const alone = await reset()
  await using server = await serving(data)
  const here = alone.replace('http://127.0.0.1:7070', server.url)
  assert.notEqual(here, alone)
  assert.equal(await send(here, '/password', { password: third }), 303)
  assert.deepEqual([await isRoot(server.url, second), await isRoot(server.url, third)], [false, true])
})

test('nothing is written into the data folder, to it or above it, by whatever links', async () => {
  for (const withServer of [false, true]) {
    await using filled = await filledFolder()
    const { data, root } = filled
    await symlink(data, join(root, 'link'))
    await using _server = withServer ? await serving(data) : undefined
    const cases: [place: string, how: string][] = [
      [data, 'itself'],
      [join(data, 'restoring'), 'in'],
      [join(data, 'new', 'copy'), 'in'],
      [join(root, 'link', 'restoring'), 'in'],
      [root, 'above'],
    ]
    // What the server itself makes a little later, or takes away again.
    const own = /^(lading\.db-|lock\.db-|reserve$|search$)/
    const names = async (): Promise<string[]> =>
      (await readdir(data)).filter((name) => !own.test(name)).sort()
    const before = await names()
    for (const [place, how] of cases) {
      for (const command of [`backup ${place}`, `export acme/app ${place}`]) {
        const { code, err } = await runLine(`${command} --data ${data}`)
        assert.equal(code, 1, command)
        assert.ok(err.includes(`${place} is ${how} the data folder ${data}: name a place outside`), err)
      }
    }
    assert.equal((await runLine(`export acme/app ${data}/a.tar --data ${data}`)).code, 1)
    assert.deepEqual(await names(), before)
    assert.deepEqual((await readdir(root)).sort(), [basename(data), 'link'].sort())
  }
})

test('a folder that is only called as a restore calls its own keeps no server from starting', async () => {
  await using filled = await filledFolder()
  await mkdir(join(filled.data, 'restoring'))
  await writeFile(join(filled.data, 'restoring', 'notes'), 'mine')
  {
    await using server = await serving(filled.data)
    assert.equal((await fetch(`${server.url}/v2/acme/app/manifests/v1`)).status, 200)
    await runWell(`backup ${filled.root}/copy --data ${filled.data}`)
  }
  const other = join(filled.root, 'other')
  await mkdir(join(other, 'restoring'), { recursive: true })
  await writeFile(join(other, 'restoring', 'notes'), 'mine')
  for (const folder of [filled.data, other]) {
    assert.equal((await runLine(`restore ${filled.root}/copy --data ${folder}`)).code, 1)
    assert.equal(await readFile(join(folder, 'restoring', 'notes'), 'utf8'), 'mine')
  }
})

test('a restore that was interrupted is found', async () => {
  await using filled = await filledFolder()
  const half = join(filled.root, 'half')
  await mkdir(half)
  markHalfRestored(half)
  const { code, out } = await runLine(`doctor --json --listen 127.0.0.1:0 --data ${half}`)
  assert.equal(code, 1)
  assert.match(out, /a restore into .*\/half was interrupted/)
  const status = await runLine(`status --data ${half}`)
  assert.match(status.err, /a restore into it was interrupted: run `lading restore` again/)
})
