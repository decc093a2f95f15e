import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { startPeopled } from '../kit/peopled-registry.ts'
import { codeOf } from '../kit/second-browser.ts'
import { runIn } from './run-line.ts'
import { TestWorld } from './test-world.ts'

const page = join(import.meta.dirname, '../../../docs/guide/access.md')

/** The commands of the guide's blocks that want a login, by whom. */
async function commandsOf(): Promise<readonly { readonly who: string; readonly words: readonly string[] }[]> {
  const text = await readFile(page, 'utf8')
  const blocks = text.matchAll(/^```sh no-run=it wants (an administrator|somebody)[^\n]*\n([\s\S]*?)^```$/gm)
  return [...blocks].flatMap(([, by, block = '']) =>
    block
      .trim()
      .split('\n')
      .map((line) => ({
        who: by === 'an administrator' ? 'root' : 'ada',
        words: Array.from(line.matchAll(/"([^"]*)"|\S+/g), ([word, quoted]) => quoted ?? word),
      })),
  )
}

test('every command of the guide to accounts does what it says, for who is logged in', async () => {
  await using registry = await startPeopled()
  const commands = await commandsOf()
  assert.ok(commands.length >= 20, `only ${commands.length} commands were found`)
  const printed = new Map<string, string>()
  for (const { who, words } of commands) {
    const [program, ...args] = words
    assert.equal(program, 'lading')
    // Once there is a second factor, the key that was made before is what logs in, and the password is typed besides.
    const isByKey = who === 'ada' && printed.has('second-factor confirm')
    const env = {
      LADING_REGISTRY: new URL(registry.url).host,
      LADING_USER: who,
      LADING_PASSWORD: isByKey ? (printed.get('key make laptop') ?? '') : 'correct horse',
    }
    if (args.includes('123456')) registry.clock.jump(30_000)
    const app = (printed.get('second-factor totp') ?? '').split('\n')[0] ?? ''
    const typed = args.map((word) => (word === '123456' ? codeOf(app, registry.clock.now()) : word))
    const ran = await runIn(new TestWorld({ env, ...(isByKey && { piped: 'correct horse\n' }) }), typed)
    assert.deepEqual([ran.code, ran.err], [0, ''], words.join(' '))
    printed.set([...words.slice(1, 3), ...(words.includes('laptop') ? ['laptop'] : [])].join(' '), ran.out)
  }
  assert.match(printed.get('user create') ?? '', /^\/password\?token=\S{20,}$/)
  assert.match(printed.get('user list') ?? '', /^cy +disabled .* Cy$/m)
  assert.match(printed.get('member list') ?? '', /^USER +ROLE +SINCE\nada +owner .*\nbob +write /)
  assert.match(printed.get('grant list') ?? '', /team:acme\/release +releaser +\*:acme\/app-\*$/m)
  assert.match(printed.get('namespace list') ?? '', /^tools +user:ada +internal$/m)
  assert.match(printed.get('namespace show') ?? '', /^owner: organisation:acme$/m)
  assert.match(printed.get('role list') ?? '', /^uploader +artifacts:create artifacts:read$/m)
  assert.match(printed.get('key make') ?? '', /^lading_[0-9A-Za-z]{38}$/)
  assert.match(printed.get('key list') ?? '', /2099-01-31T00:00:00.000Z +never +build$/m)
  assert.match(
    printed.get('second-factor totp') ?? '',
    /^[A-Z2-7]{32}\notpauth:\/\/totp\/[^\n]*:ada\?[^\n]*secret=[A-Z2-7]{32}/,
  )
  assert.match(printed.get('second-factor confirm') ?? '', /^(?:[a-z2-7-]{19}\n?){10}$/)
  assert.match(printed.get('second-factor codes') ?? '', /^(?:[a-z2-7-]{19}\n?){10}$/)
  assert.match(printed.get('second-factor list') ?? '', /^totp +\S+ +never +an app for codes\n10 codes/m)
  const settings = (await registry.api('ada', 'GET namespaces/acme')).json().settings
  assert.deepEqual([settings.visibility, settings.immutableTags], ['public', ['v*', '!*-rc*']])
  // The robot was disabled last.
  assert.equal((await registry.api(`x:${printed.get('key make')}`, 'GET me')).status, 401)
  const actions = (await registry.done()).map((line) => line.split(' ').slice(0, 2).join(' '))
  assert.deepEqual(actions, [
    'user:root account.create',
    'user:root link.make',
    'user:root account.change',
    'user:ada account.create',
    'user:ada member.set',
    'user:ada team.create',
    'user:ada team.add',
    'user:ada grant.give',
    'user:ada namespace.create',
    'user:ada namespace.transfer',
    'user:ada namespace.delete',
    'user:ada namespace.change',
    'user:root role.set',
    'user:root grant.give',
    'user:ada robot.create',
    'user:ada grant.give',
    'user:ada key.create',
    'user:ada robot.change',
    'user:ada key.create',
    'user:ada factor.add',
    'user:ada recovery.make',
    'user:ada factor.remove',
  ])
})

test('commands say what is wrong, as the registry or the command line has it', async () => {
  await using registry = await startPeopled()
  const run = async (line: string, who = 'ada'): Promise<string> => {
    const env = {
      LADING_REGISTRY: new URL(registry.url).host,
      ...(who !== '' && { LADING_USER: who, LADING_PASSWORD: 'correct horse' }),
    }
    const { code, out, err } = await runIn(new TestWorld({ env }), line.split(' '))
    assert.equal(out, '', line)
    return `${code} ${err}`
  }
  assert.match(await run('org create acme', ''), /^1 .*answers 401: log in.*--user <name>/s)
  assert.match(await run('org show none'), /answers 404: there is no organisation "none"/)
  assert.match(await run('org create Acme'), /answers 400: invalid name/)
  assert.match(await run('team create acme'), /^2 .*wants <organisation>\/<team>, not "acme"/s)
  assert.match(await run('team add ../x bob'), /^2 .*wants a name, not ".."/s)
  assert.match(await run('member set acme bob'), /^2 .*wants --role/s)
  assert.match(await run('namespace set ada'), /^2 .*wants a setting to change/s)
  assert.match(await run('namespace set ada --auto-publish maybe'), /^2 .*--auto-publish wants on or off/s)
  assert.match(await run('namespace set ada --auto-publish on'), /^1 .*400: the setting autoPublish, which/s)
  assert.match(await run('namespace set ada --quota-bytes many'), /^2 .*wants a whole number or none/s)
  assert.match(await run('namespace set ada --quota-bytes 5'), /^1 .*answers 403/s)
  assert.match(await run('grant list'), /^2 .*either --namespace or --to/s)
  assert.match(await run('org list --registry http://a/b'), /^2 .*wants host/s)
  assert.deepEqual(await registry.done(), [])
})

test('lists are whole, however many pages they have, and JSON where it is asked for', async () => {
  await using registry = await startPeopled()
  const { accounts } = registry.composed.registry
  const ada = {
    principal: { kind: 'user', name: 'ada' },
    requestId: 'x',
    signal: AbortSignal.timeout(60_000),
  } as const
  for (let n = 0; n < 105; n++) await accounts.createNamespace(ada, { namespace: `n${n}`, owner: 'user:ada' })
  const env = { LADING_USER: 'ada', LADING_PASSWORD: 'correct horse' }
  const ran = await runIn(new TestWorld({ env }), ['namespace', 'list', '--json', '--registry', registry.url])
  assert.deepEqual([ran.code, ran.err, JSON.parse(ran.out).namespaces.length], [0, '', 106])
})
