import type { CommonPasswords } from '../../ports/identity/passwords.ts'
import { invalid } from './check-account.ts'

/** NIST SP 800-63B, 3.1.1.2: no rules of what it is made of, but long enough, and none that is known. */
export const shortestPassword = 10
/** What is longer is compared with nothing: whoever verifies says no. Bytes of UTF-8. */
export const longestPassword = 1_024

/**
 * Whether somebody may have it from now on.
 * @param about what others know of them: their name, their address
 * @throws RegistryError `account-invalid`, with a reason that says what to do
 */
export async function checkPassword(
  common: CommonPasswords,
  password: string,
  about: readonly string[],
): Promise<void> {
  if ([...password].length < shortestPassword)
    throw invalid(
      'password',
      `it has fewer than ${shortestPassword} characters; several words make a good one`,
    )
  if (Buffer.byteLength(password) > longestPassword)
    throw invalid('password', `it has more than ${longestPassword} bytes`)
  if (password.includes('\0') || !password.isWellFormed())
    throw invalid('password', 'it has a NUL, or half of a character')
  if (new Set(password).size < 4) throw invalid('password', 'it is the same few characters again and again')
  const known = about.flatMap((one) => [one, one.split('@', 1)[0] ?? '']).filter((one) => one.length > 3)
  const bare = bareOf(password)
  if (known.some((one) => bareOf(one) === bare))
    throw invalid('password', 'it is your name, or your address, with little more')
  if ((await common.has(password)) || (await common.has(bare)))
    throw invalid(
      'password',
      'it is among those that are tried first, since many have it; choose another one',
    )
}

/** Without the digits and signs that people put at its ends. */
function bareOf(text: string): string {
  return text.toLowerCase().replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '')
}
