/** What `lading passwd` prints and the identity of a configuration's users reads. */
export { hashPassword } from '../adapters/identity/shared/hash-password.ts'
