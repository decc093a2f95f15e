import type { ConfigKey } from './config.ts'
import { count, duration, yesOrNo } from './scalar-types.ts'
import type { Settings } from './setting.ts'
import { day, hour, minute, second, week } from './units.ts'

/** What is written of who did what, and for how long it is kept. */
export const auditSettings: Settings<Extract<ConfigKey, `audit.${string}`>> = {
  'audit.record': {
    type: yesOrNo,
    default: true,
    about:
      'Writes down who changed what, and who was refused. Without it there is nothing that could be asked later.',
  },
  'audit.keep': {
    type: duration({ min: hour, max: 5000 * week }),
    about:
      'For how long it is kept; without it for ever. What is younger can still be verified when older entries are gone.',
  },
  'audit.sealInterval': {
    type: duration({ min: 100, max: minute }),
    default: '2s',
    about: 'How long after one look for entries that are not in the chain yet the next follows.',
  },
  'audit.headInterval': {
    type: duration({ min: second, max: day }),
    default: '1h',
    about: 'How often the end of the chain is signed, where there is something new.',
  },
  'audit.refusalsHeld': {
    type: count({ min: 1, max: 100_000 }),
    default: 400,
    about:
      'How many refusals that differ are held in memory between two writings, in each thread; beyond, they are counted by who asks and from where.',
  },
  'audit.refusalInterval': {
    type: duration({ min: 100, max: minute }),
    default: '1s',
    about: 'How often refusals are written; those since the last time are lost with the process.',
  },
  'audit.scannedEntries': {
    type: count({ min: 1000, max: 1_000_000 }),
    default: 10_000,
    about:
      'How many entries one page of an answer looks at; a page may be short for it, and says where to go on.',
  },
}
