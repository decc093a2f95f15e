import { RegistryError } from '../../domain/error.ts'
import { isRepositorySegment } from '../../domain/repository-name.ts'
import { isReservedName } from '../../domain/reserved-names.ts'

/** "RFC 5321", 4.5.3.1.3: a path of 256 octets, with its two brackets. */
const longestEmail = 254
export const longestName = 64
export const longestText = 200
/** Control characters, and those that turn the direction of what follows: Unicode, "General Category" Cc and UAX 9. */
const unreadable = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/u

/** Names of users and organisations are those of namespaces. @throws RegistryError `account-invalid` */
export function checkName(name: string, field = 'name'): string {
  if (name.length > longestName) throw invalid(field, `it is longer than ${longestName} characters`)
  if (!isRepositorySegment(name))
    throw invalid(field, 'it is not letters a-z and digits, joined by one of . _ __ or any number of -')
  if (isReservedName(name) || name === 'library')
    throw invalid(field, `${name} is the name of a kind, of a protocol, or of what belongs to nobody`)
  return name
}

/** Only what tells an address from none: whether it is somebody's, mail tells. @throws RegistryError `account-invalid` */
export function checkEmail(email: string): string {
  if (email === '') return email
  const isOne = /^[^\s@<>"(),:;\\[\]]+@[^\s@<>"(),:;\\[\]]+$/u.test(email)
  if (!isOne || email.length > longestEmail)
    throw invalid('email', 'it is not an address, such as ada@example.com')
  return email
}

/** A line for people, which reads as it is written: nothing in it turns what stands around it. @throws RegistryError `account-invalid` */
export function checkLine(text: string, field: string): string {
  if (text.length > longestText) throw invalid(field, `it is longer than ${longestText} characters`)
  if (unreadable.test(text) || !text.isWellFormed())
    throw invalid(field, 'it has control characters, or half of a character')
  return text
}

export function invalid(field: string, reason: string): RegistryError {
  return new RegistryError('account-invalid', { field, reason })
}
