import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** What people can import from an installed Lading, or call on what they have imported. */
export interface PublicNames {
  readonly values: readonly string[]
  readonly types: readonly string[]
  readonly methods: readonly string[]
}

const entries = ['lading', 'lading/engine', 'lading/testing']

/** Run where Lading is installed: what a class has is known to whoever has loaded it. */
const inspection = `
  const values = new Set()
  for (const entry of ${JSON.stringify(entries)})
    for (const name of Object.keys(await import(entry))) values.add(name)
  const { MemoryBackend, RBAC, RegistryManager, SemverManager } = await import('lading')
  const backend = new MemoryBackend()
  await backend.connect()
  const { value: transaction } = await backend.beginTransaction()
  const registry = new RegistryManager(backend)
  const methods = new Set()
  for (const object of [backend, transaction, registry, registry.collections, new RBAC(backend), new SemverManager()])
    for (let of = object; of !== Object.prototype; of = Object.getPrototypeOf(of))
      for (const name of Object.getOwnPropertyNames(of))
        if (name !== 'constructor' && typeof object[name] === 'function') methods.add(name)
  await transaction.rollback()
  await backend.disconnect()
  console.log(JSON.stringify({ values: [...values], methods: [...methods] }))
`

/** @param folder where Lading is installed */
export function publicNames(folder: string): PublicNames {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--input-type=module', '--eval', inspection],
    { cwd: folder, encoding: 'utf8' },
  )
  if (status !== 0) throw new Error(stderr)
  const { values, methods } = JSON.parse(stdout) as Pick<PublicNames, 'values' | 'methods'>
  const own = join(folder, 'node_modules/lading')
  const { exports } = JSON.parse(readFileSync(join(own, 'package.json'), 'utf8'))
  const declared = entries.flatMap((entry) => namesIn(join(own, exports[entry.replace('lading', '.')].types)))
  return { values, methods, types: [...new Set(declared)].filter((name) => !values.includes(name)) }
}

/** The names that a declaration file gives out, in the form in which the compiler writes them. */
function namesIn(path: string): string[] {
  const text = readFileSync(path, 'utf8')
  const lists = Array.from(text.matchAll(/^export (?:type )?\{([^}]*)\}/gm), ([, list = '']) =>
    list
      .split(',')
      .map((item) => item.trim().replace(/^type /, ''))
      .filter((item) => item !== '')
      .map((item) => item.split(' as ').at(-1) as string),
  )
  const own = Array.from(
    text.matchAll(/^export (?:declare )?(?:abstract )?(?:interface|type|class|const|function) (\w+)/gm),
    ([, name = '']) => name,
  )
  const others = Array.from(text.matchAll(/^export (?:type )?\* from '(.+)\.js'/gm), ([, name = '']) =>
    namesIn(join(dirname(path), `${name}.d.ts`)),
  )
  return [...lists.flat(), ...own, ...others.flat()]
}
