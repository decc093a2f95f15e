import assert from 'node:assert/strict'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { type AccountedRegistry, startWithAccounts } from '../../server/test/kit/accounted-registry.ts'
import {
  crane,
  type LoginClient,
  type LoginHome,
  loginClients,
  loginHome,
  skopeo,
} from '../kit/login-clients.ts'
import { type Credential, newCredential, shownSecrets, wrongSecret } from '../kit/login-credentials.ts'
import type { Finished } from '../kit/run-program.ts'
import { type TemporaryFolder, temporaryFolder } from '../kit/temporary-folder.ts'

let opening: Promise<{ registry: AccountedRegistry; folder: TemporaryFolder }> | undefined
let homes = 0
after(async () => {
  const opened = await opening
  await opened?.registry[Symbol.asyncDispose]()
  await opened?.folder[Symbol.asyncDispose]()
})

/** One registry for all tests, whose clients may be refused as often as they like. */
async function open(): Promise<{ registry: AccountedRegistry; home(): Promise<LoginHome> }> {
  const rates = { wrongPasswordsFrom: 'off', wrongPasswordsFor: 'off' } as const
  opening ??= Promise.all([startWithAccounts({ rates }), temporaryFolder()]).then(([registry, folder]) => ({
    registry,
    folder,
  }))
  const { registry, folder } = await opening
  return {
    registry,
    home: async () => {
      const path = join(folder.path, `home${++homes}`)
      await mkdir(path)
      return await loginHome(path, new URL(registry.url).host)
    },
  }
}

const told = ({ code, stdout, stderr }: Finished): string => `${code}\n${stdout}\n${stderr}`

function requireDone(finished: Finished): void {
  assert.equal(finished.code, 0, told(finished))
}

/** For want of a right, and not since something was wrong with the command. */
function requireRefused(finished: Finished): void {
  assert.notEqual(finished.code, 0, told(finished))
  assert.match(
    told(finished),
    /unauthori[sz]ed|denied|forbidden|authentication required|invalid username\/password|\b40[13]\b/i,
  )
}

/** In the file that the client was told to keep it in, and nowhere in the home of its user. */
async function requireKept({ keeps }: LoginClient, at: LoginHome, credential: Credential): Promise<void> {
  const { user, secret } = credential
  const forms = [secret, Buffer.from(`${user}:${secret}`).toString('base64')]
  const has = (text: string): boolean => forms.some((form) => text.includes(form))
  const kept = await readFile(join(at.path, keeps), 'utf8')
  assert.ok(has(kept) && kept.includes(at.address), kept)
  for (const entry of await readdir(at.home, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) {
      const path = join(entry.parentPath, entry.name)
      assert.ok(!has(await readFile(path, 'utf8')), `${path} has the login`)
    }
}

for (const client of loginClients) {
  const { tool, skip } = client

  for (const shown of shownSecrets)
    test(`${tool.name} logs in with a ${shown}, and does what that may, for as long as it is good`, {
      skip,
    }, async (t) => {
      const { registry, home } = await open()
      const [writer, reader, wrong] = [await home(), await home(), await home()]
      const repository = `acme/${tool.name}-${homes}`
      const may = await newCredential(registry, shown, 'all')

      await t.test('login, push and pull', async () => {
        requireDone(await client.login(writer, may.user, may.secret))
        await requireKept(client, writer, may)
        if (client.prepare) requireDone(await client.prepare(writer, repository))
        requireDone(await client.push(writer, repository))
        requireDone(await client.pull(writer, repository))
        requireRefused(await client.push(writer, `cleo/${tool.name}`))
      })

      await t.test('what may only read pulls, and pushes nothing', async () => {
        const reads = await newCredential(registry, shown, 'read')
        requireDone(await client.login(reader, reads.user, reads.secret))
        requireDone(await client.pull(reader, repository))
        requireRefused(await client.push(reader, repository))
      })

      await t.test('a wrong one does nothing', async () => {
        const login = await client.login(wrong, may.user, wrongSecret(shown))
        if (client.asks) requireRefused(login)
        requireRefused(await client.pull(wrong, repository))
        requireRefused(await client.push(wrong, repository))
      })

      await t.test('once it is revoked, what was kept of it does nothing', async () => {
        await may.revoke()
        requireRefused(await client.pull(writer, repository))
        requireRefused(await client.push(writer, repository))
        const login = await client.login(await home(), may.user, may.secret)
        if (client.asks) requireRefused(login)
      })
    })

  test(`${tool.name} pulls without a login what anyone may read, and nothing else`, { skip }, async () => {
    const { registry, home } = await open()
    const [owner, stranger] = [await home(), await home()]
    const [shown, hidden] = [`open/${tool.name}`, `acme/hidden-${tool.name}`]
    await client.login(owner, 'cleo', 'asp')
    if (client.prepare) requireDone(await client.prepare(owner, shown))
    requireDone(await client.push(owner, shown))
    requireDone(await client.pull(stranger, shown))
    requireRefused(await client.push(stranger, shown))
    const { user, secret } = await newCredential(registry, 'key', 'all')
    const member = await home()
    requireDone(await client.login(member, user, secret))
    if (client.prepare) requireDone(await client.prepare(member, hidden))
    requireDone(await client.push(member, hidden))
    requireRefused(await client.pull(stranger, hidden))
  })
}

test('what docker keeps of a login, instead of a password, lets others of its clients in', {
  skip: crane.skip || skopeo.skip,
}, async () => {
  const { registry, home } = await open()
  const at = await home()
  const query = 'service=lading&offline_token=true&client_id=docker'
  const answer = await fetch(`${registry.url}/token?${query}`, {
    headers: { Authorization: `Basic ${Buffer.from('ada:correct horse').toString('base64')}` },
  })
  const { refresh_token: identitytoken } = (await answer.json()) as { refresh_token: string }
  const auth = Buffer.from('ada:').toString('base64')
  const file = join(at.path, 'docker/config.json')
  await writeFile(file, JSON.stringify({ auths: { [at.address]: { auth, identitytoken } } }))
  const named = `${at.address}/ada/docker:v1`
  for (const [tool, ...args] of [
    [crane, 'append', '--oci-empty-base', '-f', 'layer.tar', '-t', named],
    [crane, 'digest', named],
    [skopeo, 'inspect', '--authfile', file, '--tls-verify=false', `docker://${named}`],
  ] as const)
    requireDone(await at.run(tool, ...args))
  assert.ok((await readFile(file, 'utf8')).includes(identitytoken))
})
