import { X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import { readTls } from '../../boot/read-tls.ts'
import { type Check, type Finding, ok, problem, warning } from './check.ts'

const day = 86_400_000
/** Time enough to ask for another. */
const soonDays = 21

/** The pair of tls.cert and tls.key can be used, and is good for some time and for the public name. */
export const certificateCheck: Check = {
  name: 'certificate',
  async run({ config, now }) {
    const { tls, publicUrl } = config
    if (tls.cert === undefined) return []
    const pair = await readTls(tls).catch((error: Error) => error)
    if (pair instanceof Error)
      return [problem(pair.message, 'correct tls.cert and tls.key, then start Lading anew')]
    const certificate = new X509Certificate(pair?.cert ?? '')
    return [time(certificate, tls.cert, now), ...name(certificate, publicUrl)]
  },
}

const renew = 'ask for another certificate, put it in its place, and start Lading anew'

function time({ validFromDate, validToDate }: X509Certificate, path: string, now: number): Finding {
  const until = validToDate.toISOString().slice(0, 10)
  const days = Math.floor((validToDate.getTime() - now) / day)
  if (validFromDate.getTime() > now) {
    return problem(
      `${path} is good from ${validFromDate.toISOString()} on, which is still to come`,
      'see whether the clock of this machine is right: date',
    )
  }
  if (validToDate.getTime() <= now) return problem(`${path} has expired on ${until}`, renew)
  if (days < soonDays) return warning(`${path} expires on ${until}, in ${days} days`, renew)
  return ok(`${path} is good until ${until}`)
}

function name(certificate: X509Certificate, publicUrl: string | undefined): Finding[] {
  if (publicUrl === undefined || !publicUrl.startsWith('https:')) return []
  const host = new URL(publicUrl).hostname.replace(/^\[|\]$/g, '')
  const fits = isIP(host) === 0 ? certificate.checkHost(host) : certificate.checkIP(host)
  if (fits !== undefined) return []
  const names = certificate.subjectAltName ?? 'none'
  // A proxy in front may have a certificate of its own.
  return [warning(`the certificate is not for ${host} of publicUrl; its names: ${names}`, renew)]
}
