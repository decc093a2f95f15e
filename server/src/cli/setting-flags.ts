import type { ConfigKey } from '../config/config.ts'
import { path } from '../config/place-types.ts'
import type { SettingType } from '../config/setting-type.ts'
import { flagName, settingKeys, settings } from '../config/settings.ts'
import type { Flag } from './command.ts'

/** A flag for each setting and one for the file. */
export const settingFlags: Readonly<Record<string, Flag>> = {
  config: {
    takes: '<file>',
    about: 'The file with settings; lading.yaml in the working folder if it is there.',
    completes: 'files',
  },
  ...Object.fromEntries(
    settingKeys.map((key) => {
      const { about, type, default: preset } = settings[key]
      const written = typeof preset === 'object' ? JSON.stringify(preset) : String(preset ?? 'none')
      return [
        flagName(key),
        {
          takes: '<value>',
          about: `${about} Wants ${type.wanted}. Default: ${written}.`,
          ...completes(key, type),
        },
      ]
    }),
  ),
}

function completes(key: ConfigKey, type: SettingType<unknown>): Pick<Flag, 'completes'> {
  if (type === path) return { completes: key === 'data' ? 'folders' : 'files' }
  return type.choices === undefined ? {} : { completes: type.choices }
}
