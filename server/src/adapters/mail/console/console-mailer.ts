import type { Mailer } from '../../../ports/mail/mail.ts'

/** Where no mail server is configured: whoever runs the registry is told, and passes it on. */
export function consoleMailer(print: (line: string) => void): Mailer {
  return {
    send: async ({ to, subject, text }) => {
      const lines = text.split('\n').filter((line) => line.trim() !== '')
      print(
        [`No mail server is set (mail.url); for ${to}: ${subject}`, ...lines.map((line) => `  ${line}`)].join(
          '\n',
        ),
      )
    },
    close: async () => {},
  }
}
