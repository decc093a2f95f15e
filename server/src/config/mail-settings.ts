import type { ConfigKey } from './config.ts'
import { databaseAddress } from './engine-types.ts'
import { mailbox } from './mail-types.ts'
import { path } from './place-types.ts'
import { duration } from './scalar-types.ts'
import type { Settings } from './setting.ts'
import { minute } from './units.ts'

/** Letters: invitations, new passwords, addresses to be verified. */
export const mailSettings: Settings<Extract<ConfigKey, `mail.${string}`>> = {
  'mail.url': {
    type: databaseAddress(['smtps', 'smtp']),
    about:
      'The server that takes letters, such as smtps://user:password@mail.example.com. Without one, what they would say is written to the log, for whoever runs the registry to pass on.',
  },
  'mail.from': {
    type: mailbox,
    default: 'Lading <lading@localhost>',
    about: 'Who letters are from, such as Lading <registry@example.com>.',
  },
  'mail.ca': {
    type: path,
    about: 'A PEM file of the authorities that are trusted for mail.url, instead of those of the machine.',
  },
  'mail.timeout': {
    type: duration({ min: 100, max: 5 * minute }),
    default: '10s',
    about:
      'How long the mail server may take for each step. A letter that was not taken is tried again later.',
  },
}
