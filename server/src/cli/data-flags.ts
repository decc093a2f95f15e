import type { Flag } from './command.ts'
import { settingFlags } from './setting-flags.ts'

/** How a command that works on the data folder is told which; all other settings come from the file and the environment. */
export const dataFlags: Readonly<Record<'config' | 'data', Flag>> = {
  config: settingFlags['config'] ?? { about: '' },
  data: {
    takes: '<folder>',
    about: 'The data folder, as for `lading serve`. Default: "./lading-data".',
    completes: 'folders',
  },
}
