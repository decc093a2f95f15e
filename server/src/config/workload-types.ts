import {
  isPair,
  readFlag,
  readIssuer,
  readPatterns,
  readPermissions,
  readText,
  readWord,
} from './claim-types.ts'
import { partOf, readFields } from './read-fields.ts'
import { duration } from './scalar-types.ts'
import { type Reading, type SettingType, shown } from './setting-type.ts'
import type { WorkloadSetting } from './sign-in-config.ts'
import { hour, minute } from './units.ts'

const mostRules = 500
const known = ['name', 'issuer', 'audience', 'require', 'robot', 'permissions', 'lifetime', 'reuse']
const lifetimes = duration({ min: minute, max: 12 * hour })

export const workloads: SettingType<readonly WorkloadSetting[]> = {
  wanted: `a list of at most ${mostRules} rules, each { name, issuer, require, robot } and more, such as { name: release, issuer: https://ci.example.com, require: { project_id: "17" }, robot: acme/ci }`,
  structured: true,
  read(raw, { base, complain }) {
    if (!Array.isArray(raw) || raw.length > mostRules)
      return complain(`wants ${workloads.wanted}, not ${shown(raw)}`)
    const read: WorkloadSetting[] = []
    for (const [index, entry] of raw.entries()) {
      const within = partOf({ base, complain }, [index])
      const rule = readRule(entry, within)
      if (rule === undefined) continue
      if (read.some(({ name }) => name === rule.name))
        within.complain(`names the rule ${rule.name} a second time`, ['name'])
      read.push(rule)
    }
    return Object.freeze(read)
  },
  write: (rules) => rules.map(({ lifetime, ...rest }) => ({ ...rest, lifetime: lifetimes.write(lifetime) })),
}

function readRule(raw: unknown, reading: Reading): WorkloadSetting | undefined {
  const fields = readFields(raw, known, reading)
  if (fields === undefined) return undefined
  const part = (name: string): Reading => partOf(reading, [name])
  const name = readWord(fields['name'], part('name'))
  const issuer = readIssuer(fields['issuer'], part('issuer'))
  const audience =
    fields['audience'] === undefined ? undefined : readText(fields['audience'], part('audience'))
  const require = readPatterns(fields['require'] ?? {}, part('require'))
  // At an issuer of many, everybody's machines would be let in.
  if (Object.keys(require).length === 0)
    part('require').complain('wants a claim at least that tells your machines from those of others')
  const { robot } = fields
  if (!isPair(robot))
    return part('robot').complain(`wants namespace/name, such as acme/ci, not ${shown(robot)}`)
  const lifetime = lifetimes.read(fields['lifetime'] ?? '15m', part('lifetime'))
  if (name === undefined || issuer === undefined || lifetime === undefined) return undefined
  return Object.freeze({
    ...{ name, issuer, audience, require, robot, lifetime },
    permissions: readPermissions(fields['permissions'], part('permissions')),
    reuse: readFlag(fields['reuse'], part('reuse'), false),
  })
}
