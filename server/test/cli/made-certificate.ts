import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

export interface MadeCertificate {
  readonly cert: string
  readonly key: string
}

/** A pair of files in `folder`, made with openssl: a certificate that signs itself, for 127.0.0.1. */
export function madeCertificate(
  folder: string,
  name: string,
  alternative: string = 'IP:127.0.0.1',
  days: number = 2,
): MadeCertificate {
  const pair = { cert: join(folder, `${name}.crt`), key: join(folder, `${name}.key`) }
  execFileSync(
    'openssl',
    [
      ...[
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:P-256',
        '-nodes',
        '-days',
        String(days),
      ],
      ...['-subj', `/CN=${name}`, '-addext', `subjectAltName=${alternative}`],
      ...['-keyout', pair.key, '-out', pair.cert],
    ],
    { stdio: 'ignore' },
  )
  return pair
}
