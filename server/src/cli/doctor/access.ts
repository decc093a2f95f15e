import { writersOf } from '../../config/first-user.ts'
import { isLoopback } from '../../config/place-types.ts'
import { type Check, type Finding, ok, warning } from './check.ts'

/** Who may do what, where that is probably not meant. */
export const accessCheck: Check = {
  name: 'access',
  run({ config }) {
    const found = [...anyoneWrites(config), ...withoutRights(config)]
    return found.length > 0 ? found : [ok(describe(config))]
  },
}

type Config = Parameters<Check['run']>[0]['config']

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

function describe(config: Config): string {
  const { read } = config.access
  const said = (who: typeof read): string => (who === 'anyone' ? 'anyone' : who.join(', ') || 'nobody')
  return `${said(read)} may pull, ${said(writersOf(config))} may push`
}
