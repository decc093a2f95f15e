import { isLoopback } from '../../config/place-types.ts'
import { isOpenAtFirst, waitsForAccount, writersOf } from '../../config/writers-of.ts'
import { type Check, type Finding, ok, warning } from './check.ts'

/** Who may do what, where that is probably not meant. */
export const accessCheck: Check = {
  name: 'access',
  run({ config, standing }) {
    const { hasAccounts } = standing ?? {}
    const found = [
      ...nobodyWrites(config, hasAccounts),
      // What is open until there is an account is closed then.
      ...(hasAccounts === true && isOpenAtFirst(config)
        ? []
        : [...anyoneWrites(config), ...withoutRights(config)]),
    ]
    return found.length > 0 ? found : [ok(describe(config, hasAccounts))]
  },
}

type Config = Parameters<Check['run']>[0]['config']

function nobodyWrites(config: Config, hasAccounts: boolean | undefined): Finding[] {
  if (!waitsForAccount(config) || hasAccounts === true) return []
  const mend = 'open the link that the start has printed; `lading setup-link` makes another'
  return [warning('nobody may push until the first account is made', mend)]
}

function anyoneWrites(config: Config): Finding[] {
  const { listen, publicUrl } = config
  if (writersOf(config) !== 'anyone') return []
  const mend = 'make users with `lading passwd <name>`, and name them in access.write'
  if (!isLoopback(listen.host)) {
    return [warning('anyone on the network may push and delete (access.allowAnonymousWrite)', mend)]
  }
  if (publicUrl === undefined || isLoopback(new URL(publicUrl).hostname)) return []
  return [warning(`anyone who reaches ${publicUrl} may push and delete`, mend)]
}

function withoutRights({ users, access }: Config): Finding[] {
  const audiences = [access.read, access.write, access.metrics ?? access.read]
  if (audiences.includes('anyone')) return unneeded(audiences, users)
  const idle = users
    .map(({ name }) => name)
    .filter((name) => !audiences.some((names) => names.includes(name)))
  return idle.length === 0
    ? []
    : [
        warning(
          `${idle.join(', ')} can log in and may do nothing`,
          'name them in access.read or access.write, or take them out of users',
        ),
      ]
}

/** Where anyone may do everything, a password is good for nothing. */
function unneeded(audiences: readonly unknown[], users: Config['users']): Finding[] {
  if (users.length === 0 || !audiences.every((audience) => audience === 'anyone')) return []
  return [
    warning(
      `there are users (${users.map(({ name }) => name).join(', ')}), and everything is open to anyone without a password`,
      'name them in access.write, and in access.read where not everyone may pull',
    ),
  ]
}

function describe(config: Config, hasAccounts: boolean | undefined): string {
  const { read } = config.access
  const said = (who: typeof read): string => (who === 'anyone' ? 'anyone' : who.join(', ') || 'nobody')
  const pull = `${said(read)} may pull`
  const writers = hasAccounts === true && isOpenAtFirst(config) ? [] : writersOf(config)
  if (hasAccounts !== true || writers === 'anyone') return `${pull}, ${said(writers)} may push`
  return `${pull}, ${[...writers, 'accounts with the right'].join(', ')} may push`
}
