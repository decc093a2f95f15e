import { createTransport, type Transporter } from 'nodemailer'
import { type Letter, MailError, type Mailer } from '../../../ports/mail/mail.ts'

export interface SmtpOptions {
  /** `smtp://` begins TLS where the server offers it, `smtps://` has it from the start. May have a name and a password. */
  readonly url: string
  /** Who the letters are from: `Lading <lading@example.com>`. */
  readonly from: string
  /** PEM of the authorities that are trusted, instead of those of the machine. */
  readonly ca?: string
  /** ms, for each step of the conversation. */
  readonly timeoutMs: number
}

/** Letters by SMTP (RFC 5321). */
export function openSmtpMailer({ url, from, ca, timeoutMs }: SmtpOptions): Mailer {
  const { protocol, hostname, port, username, password } = new URL(url)
  const isSecure = protocol === 'smtps:'
  const transport = createTransport({
    host: hostname,
    port: port === '' ? (isSecure ? 465 : 587) : Number(port),
    secure: isSecure,
    // Whoever gives a password does not give it to whoever is in between.
    requireTLS: !isSecure && username !== '',
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(ca !== undefined && { tls: { ca } }),
    ...(username !== '' && {
      auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) },
    }),
  })
  return {
    send: async (letter) => await sendBy(transport, from, letter),
    close: async () => transport.close(),
  }
}

async function sendBy(transport: Transporter, from: string, { to, subject, text }: Letter): Promise<void> {
  try {
    await transport.sendMail({ from, to, subject, text })
  } catch (error) {
    const code = codeOf(error)
    const isRefused = code !== undefined && code >= 500 && code < 600
    const reason = error instanceof Error ? error.message : String(error)
    throw new MailError(
      isRefused ? 'refused' : 'unavailable',
      `the mail server did not take a letter: ${reason}`,
      {
        cause: error,
      },
    )
  }
}

/** RFC 5321, 4.2.1: 5yz is a permanent refusal. */
function codeOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('responseCode' in error)) return undefined
  return typeof error.responseCode === 'number' ? error.responseCode : undefined
}
